mod engines;
