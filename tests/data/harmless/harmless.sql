SELECT count() FROM events WHERE n = 1 AND s LIKE 'a%';
SELECT * FROM events WHERE n BETWEEN 1 AND 2 OR s IN ('a', 'b') LIMIT 5;
SELECT count(*) FROM events AS a JOIN events AS b ON a.n = b.n WHERE a.n > -5;
SELECT n + 1 FROM events WHERE n * 2 > 7;
SELECT count() FROM events WHERE ts >= '2026-01-01 00:00:00' AND ts < '2026-02-01 00:00:00';
SELECT count() FROM events WHERE d = '2026-01-01' OR d >= today() - 7;
SELECT count() FROM events WHERE d >= toDate('2026-01-01') AND t < toDateTime('2026-01-01 00:00:00');
SELECT count() FROM events WHERE toDate(t) BETWEEN '2026-01-01' AND '2026-02-01';
SELECT count() FROM events WHERE toStartOfHour(t) = toStartOfHour(now());
SELECT count() FROM events WHERE toStartOfMonth(t) >= toStartOfMonth(now() - INTERVAL 3 MONTH);
SELECT count() FROM events WHERE ts >= toDateTime64('2026-01-01 00:00:00', 3) AND ts < now64(3);
SELECT count() FROM events WHERE ts > now() - INTERVAL 1 DAY - INTERVAL 1 HOUR;
SELECT count() FROM events WHERE toInt64OrZero(s) = 7 AND toFloat64OrZero(s) > 1;
SELECT count() FROM events WHERE substring(s, 1, 3) = 'abc' AND position(s, 'x') > 0 AND replaceAll(s, 'a', 'b') = 'b';
SELECT count() FROM events WHERE JSONExtractString(s, 'a', 'b') = 'c' AND JSONHas(s, 'x');
SELECT count() FROM events WHERE f >= 0 AND f = 2.5 AND f BETWEEN -1 AND 7 AND n != 3;
SELECT n FROM events WHERE n IN (SELECT m FROM events WHERE s = 'a');
SELECT count() FROM events WHERE now() - INTERVAL 1 SECOND < ts
