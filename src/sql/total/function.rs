//! What is known of functions: which arguments cannot make them fail, and what they give.

use super::value::{Kind, Value};

/// When a function has a value for every row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// For all arguments of the types that it takes.
    Always,
    /// As [`Rule::Always`], of one argument alone: a second one is a precision or an array of the same length.
    Alone,
    /// When every argument but the first is constant.
    ConstantRest,
    /// When the first argument names a unit of time.
    Unit,
    /// When its places are whole numbers other than 0.
    Places,
    /// When its digits are few.
    Digits,
    /// When its pattern is a plain regular expression.
    Pattern(usize),
    /// When its pattern of LIKE is a literal.
    Like,
    /// Of a DateTime or DateTime64, by a positive interval.
    Interval,
    /// As [`Rule::Always`], of a date or a time, with a time zone that is looked up before rows are unless it may be NULL.
    Zoned,
    /// When every argument is constant.
    Constant,
    /// When its first argument is a DateTime or DateTime64 and the others are constant.
    OfTime,
    /// When its first argument is a Date, DateTime or DateTime64 and the others are constant.
    OfDate,
    /// The same without DateTime64: seconds are scaled to its scale, and overflow.
    OfSeconds,
    /// When its argument is no text: a cast to a date or a time.
    ToDate,
    /// When its argument is a whole number, a Date or a DateTime: a cast to whole numbers.
    ToWhole,
    /// When its argument is a number, a Date or a DateTime: a cast to floats.
    ToFloat,
    /// When its arguments can be compared.
    Comparison,
    /// When its arguments, from that one on, have one type.
    Merge(usize),
    /// When what stands behind its conditions, and its last argument, have one type.
    Branches,
    /// When its second argument is a whole number that is not 0; `true` where the first must be whole too.
    Division(bool),
    /// When neither argument is a kind that arithmetic fails on.
    Arithmetic,
}

/// What a function gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gives {
    Kind(Kind),
    /// What its argument of that number is.
    Same(usize),
    /// What all its arguments from that number on are.
    Merged(usize),
    /// A DateTime64 whose scale is its argument of that number, or 3.
    Scale(usize),
    /// A number that can be NULL, and so on.
    Nullable(Kind),
}

use Gives::{Merged, Nullable, Same};
use Kind::{Container, Date, Float, Interval, Seconds, Text, Time, Unknown, Whole};
use Rule::{
    Alone, Always, Arithmetic, Branches, Comparison, Constant, ConstantRest, Digits, Division, Like, Merge, OfDate,
    OfSeconds, OfTime, Pattern, Places, ToDate, ToFloat, ToWhole, Unit, Zoned,
};

/// ClickHouse 26.7; each was run on extreme values of every type that it takes. Names in lower case.
const FUNCTIONS: &[(Rule, Gives, &str)] = &[
    (
        Always,
        Gives::Kind(Text),
        "base64encode concat cutquerystring cuttofirstsignificantsubdomain decodeurlcomponent domain domainwithoutwww \
        initcap lower lowerutf8 ltrim path pathfull protocol querystring rtrim topleveldomain trim trimboth trimleft \
        trimright upper upperutf8 tovalidutf8",
    ),
    (Alone, Gives::Kind(Text), "formatreadablequantity formatreadablesize"),
    (
        ConstantRest,
        Gives::Kind(Text),
        "extracturlparameter jsonextractraw jsonextractstring replace replaceall \
        replaceone simplejsonextractraw simplejsonextractstring visitparamextractraw visitparamextractstring",
    ),
    (Zoned, Gives::Kind(Text), "formatdatetime tostring"),
    (Places, Gives::Kind(Text), "left right substr substring"),
    (Pattern(1), Gives::Kind(Whole), "match"),
    (Like, Gives::Kind(Whole), "ilike like notilike notlike"),
    (
        Always,
        Gives::Kind(Whole),
        "and cityhash64 empty farmhash64 isfinite isnan isnotnull isnull isvalidjson length \
        lengthutf8 not notempty or siphash64 xxhash64",
    ),
    (
        Zoned,
        Gives::Kind(Whole),
        "todayofmonth todayofyear toisoweek toisoyear tomonth toquarter toyear toyyyymm toyyyymmdd \
        toyyyymmddhhmmss",
    ),
    (
        ConstantRest,
        Gives::Kind(Whole),
        "countsubstrings endswith has jsonextractbool jsonextractint jsonextractuint jsonhas \
        jsonlength mapcontains position positioncaseinsensitive simplejsonextractbool \
        simplejsonextractint simplejsonextractuint simplejsonhas startswith visitparamextractbool visitparamextractint \
        visitparamextractuint visitparamhas",
    ),
    (Unit, Gives::Kind(Whole), "age date_diff datediff"),
    (Always, Gives::Kind(Float), "exp log log10 log2 sqrt"),
    (ConstantRest, Gives::Kind(Float), "jsonextractfloat simplejsonextractfloat visitparamextractfloat"),
    (Digits, Same(0), "abs ceil ceiling floor round trunc"),
    (Zoned, Gives::Kind(Time), "tostartofday"),
    (
        Zoned,
        Gives::Kind(Date),
        "tolastdayofmonth tomonday tostartofisoyear tostartofmonth tostartofquarter \
        tostartofweek tostartofyear",
    ),
    (OfTime, Gives::Kind(Whole), "tohour tominute tosecond"),
    (
        OfTime,
        Gives::Kind(Time),
        "timeslot tostartoffifteenminutes tostartoffiveminutes tostartofhour tostartofminute \
        tostartoftenminutes",
    ),
    (Rule::Interval, Gives::Kind(Unknown), "tostartofinterval"),
    (OfDate, Gives::Kind(Whole), "todayofweek toweek toyearweek"),
    (
        OfDate,
        Same(0),
        "adddays addhours addminutes addmonths addweeks addyears subtractdays subtracthours subtractminutes subtractmonths \
        subtractweeks subtractyears",
    ),
    (OfSeconds, Same(0), "addseconds subtractseconds"),
    (ToDate, Gives::Kind(Date), "date todate"),
    (ToDate, Gives::Kind(Time), "todatetime"),
    (ToWhole, Gives::Kind(Whole), "toint16 toint32 toint64 toint8 touint16 touint32 touint64 touint8 tounixtimestamp"),
    (ToFloat, Gives::Kind(Float), "tofloat32 tofloat64"),
    (
        Always,
        Nullable(Whole),
        "toint16ornull toint32ornull toint64ornull toint8ornull touint16ornull touint32ornull \
        touint64ornull touint8ornull",
    ),
    (
        Always,
        Gives::Kind(Whole),
        "toint16orzero toint32orzero toint64orzero toint8orzero touint16orzero touint32orzero \
        touint64orzero touint8orzero",
    ),
    (Always, Nullable(Float), "tofloat32ornull tofloat64ornull"),
    (Always, Gives::Kind(Float), "tofloat32orzero tofloat64orzero"),
    (Always, Nullable(Date), "todateornull"),
    (Always, Nullable(Time), "parsedatetimebesteffortornull todatetimeornull"),
    (Always, Gives::Kind(Time), "parsedatetimebesteffortorzero todatetimeorzero"),
    (Constant, Gives::Kind(Time), "now parsedatetimebesteffort"),
    (Constant, Gives::Scale(0), "now64"),
    (Constant, Gives::Scale(1), "todatetime64"),
    (Constant, Gives::Kind(Date), "today yesterday"),
    (
        Constant,
        Gives::Kind(Interval),
        "tointervalday tointervalhour tointervalminute tointervalmonth tointervalquarter tointervalweek tointervalyear",
    ),
    (Constant, Gives::Kind(Seconds), "tointervalsecond"),
    (
        ConstantRest,
        Gives::Kind(Container),
        "arraydistinct arrayreverse arrayslice arraysort extractall jsonextractarrayraw \
        jsonextractkeys mapkeys mapvalues tokens",
    ),
    (Alone, Gives::Kind(Whole), "arrayuniq"),
    (ConstantRest, Gives::Kind(Text), "arraystringconcat"),
    (Always, Gives::Kind(Container), "splitbychar splitbystring"),
    (Always, Gives::Kind(Unknown), "tuple"),
    (Merge(0), Merged(0), "coalesce ifnull"),
    (Merge(1), Merged(1), "if"),
    (Branches, Gives::Kind(Unknown), "multiif"),
    (Comparison, Same(0), "nullif"),
    (Comparison, Gives::Kind(Whole), "equals greater greaterorequals less lessorequals notequals"),
    (Division(true), Gives::Kind(Whole), "div intdiv"),
    (Division(false), Gives::Kind(Unknown), "mod modulo positivemodulo"),
    (Arithmetic, Gives::Kind(Unknown), "divide minus multiply plus"),
];

/// The rule of a function that is no aggregate, if it is known.
pub(super) fn rule(name: &str) -> Option<(Rule, Gives)> {
    use std::collections::HashMap;
    use std::sync::LazyLock;
    static BY_NAME: LazyLock<HashMap<&str, (Rule, Gives)>> = LazyLock::new(|| {
        let line = |(rule, gives, names): &(Rule, Gives, &'static str)| {
            let (rule, gives) = (*rule, *gives);
            names.split_ascii_whitespace().map(move |name| (name, (rule, gives)))
        };
        FUNCTIONS.iter().flat_map(line).collect()
    });
    BY_NAME.get(name.to_ascii_lowercase().as_str()).copied()
}

/// What an aggregate gives, as far as it matters. It runs on rows that have passed the filter, so it never fails on
/// others.
pub(super) fn aggregate(name: &str, argument: Value) -> Value {
    let name = name.to_ascii_lowercase();
    let base = name.strip_suffix("if").unwrap_or(&name);
    let kind = match base {
        "count" | "uniq" | "uniqexact" | "uniqcombined" | "uniqhll12" | "row_number" | "rank" | "dense_rank" => Whole,
        "avg" | "quantile" | "median" | "stddevpop" | "stddevsamp" if argument.kind.is_number() => Float,
        "sum" if argument.kind.is_number() => argument.kind,
        "max" | "min" | "any" | "anylast" | "argmax" | "argmin" => argument.kind,
        "grouparray" | "groupuniqarray" => Container,
        _ => Unknown,
    };
    Value { nullable: argument.nullable, ..Value::of(kind) }
}
