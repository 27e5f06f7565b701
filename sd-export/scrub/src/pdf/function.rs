//! Functions: sampled, exponential, stitched, and the calculator's.

use super::copy::{Copier, Rule};
use super::lexer::{Lexer, Token};
use super::out::{Entries, Obj, number, put};
use super::source::Val;
use crate::Refusal;

/// The words of the calculator.
const WORDS: &[&str] = &[
    "abs", "add", "atan", "ceiling", "cos", "cvi", "cvr", "div", "exp", "floor", "idiv", "ln",
    "log", "mod", "mul", "neg", "round", "sin", "sqrt", "sub", "truncate", "and", "bitshift", "eq",
    "false", "ge", "gt", "le", "lt", "ne", "not", "or", "true", "xor", "if", "ifelse", "copy",
    "dup", "exch", "index", "pop", "roll", "{", "}",
];

fn bad() -> Refusal {
    Refusal::malformed("function")
}

pub(super) fn copy(copier: &mut Copier<'_>, value: &Val) -> Result<Obj, Refusal> {
    if value.name() == Some(b"Identity") {
        return Ok(Obj::name("Identity"));
    }
    let dict = value.dict().ok_or_else(bad)?;
    let kind = copier.source.key(dict, "FunctionType")?.count().ok_or_else(bad)?;
    let mut out = copier.plain(dict, &[("Domain", Rule::Nums(64)), ("Range", Rule::Nums(64))])?;
    // Of samples and programs it says how many results there are.
    if matches!(kind, 0 | 4) && !out.contains_key(b"Range".as_slice()) {
        return Err(bad());
    }
    put(&mut out, "FunctionType", Obj::Int(i64::from(kind)));
    let data = match kind {
        0 => Some(sampled(copier, value, &mut out)?),
        2 => {
            let rules = [("C0", Rule::Nums(32)), ("C1", Rule::Nums(32)), ("N", Rule::Num)];
            out.extend(copier.plain(dict, &rules)?);
            None
        }
        3 => {
            stitched(copier, value, &mut out)?;
            None
        }
        4 => Some(calculator(&copier.source.plain(value.stream().ok_or_else(bad)?)?)?),
        _ => return Err(bad()),
    };
    let id = match data {
        Some(data) => copier.out.add_stream(out, &data)?,
        None => copier.out.add(Obj::Dict(out))?,
    };
    Ok(Obj::Ref(id))
}

/// The samples, cut to exactly as many as the sizes say.
fn sampled(copier: &mut Copier<'_>, value: &Val, out: &mut Entries) -> Result<Vec<u8>, Refusal> {
    let stream = value.stream().ok_or_else(bad)?;
    let rules = [
        ("Size", Rule::Nums(32)),
        ("BitsPerSample", Rule::Num),
        ("Order", Rule::Num),
        ("Encode", Rule::Nums(64)),
        ("Decode", Rule::Nums(64)),
    ];
    out.extend(copier.plain(&stream.dict, &rules)?);
    let sizes = copier.source.list(&stream.dict, "Size")?;
    let bits = copier.source.key(&stream.dict, "BitsPerSample")?.count().ok_or_else(bad)?;
    let results = match (out.get(b"Range".as_slice()), out.get(b"Size".as_slice())) {
        (Some(Obj::Arr(range)), Some(_)) => range.len() / 2,
        _ => return Err(bad()),
    };
    let mut samples = u64::try_from(results).map_err(|_| bad())?;
    for size in &sizes {
        let size = size.count().ok_or_else(bad)?;
        samples = samples.checked_mul(u64::from(size)).ok_or_else(bad)?;
    }
    let bits = samples.checked_mul(u64::from(bits)).ok_or_else(bad)?;
    let len = usize::try_from(bits.div_ceil(8)).map_err(|_| bad())?;
    let mut data = copier.source.plain(stream)?;
    if data.len() < len {
        return Err(bad());
    }
    data.truncate(len);
    Ok(data)
}

fn stitched(copier: &mut Copier<'_>, value: &Val, out: &mut Entries) -> Result<(), Refusal> {
    let dict = value.dict().ok_or_else(bad)?;
    out.extend(copier.plain(dict, &[("Bounds", Rule::Nums(256)), ("Encode", Rule::Nums(512))])?);
    let parts = copier.source.key(dict, "Functions")?;
    let parts = parts.arr().filter(|parts| parts.len() <= 256).ok_or_else(bad)?;
    let parts = parts.iter().map(|part| copier.function(part)).collect::<Result<Vec<_>, _>>()?;
    put(out, "Functions", Obj::Arr(parts));
    Ok(())
}

/// The program again, from its numbers and known words only.
pub(super) fn calculator(program: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut lexer = Lexer::new(program);
    let mut out: Vec<String> = Vec::new();
    let mut open = 0i32;
    while let Some(token) = lexer.next()? {
        match token {
            Token::Num(n) => out.push(number(n)),
            Token::Word(word) => {
                let known = WORDS.iter().find(|known| known.as_bytes() == word).ok_or_else(bad)?;
                open += i32::from(*known == "{") - i32::from(*known == "}");
                out.push((*known).to_owned());
                if open == 0 {
                    break;
                }
            }
            _ => return Err(bad()),
        }
    }
    if open != 0 || out.first().is_none_or(|first| first != "{") {
        return Err(bad());
    }
    Ok(out.join(" ").into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calculator_keeps_its_program_and_nothing_after_it() {
        let clean = calculator(b"{ % canary\n 2.50 mul dup }  (canary)").expect("known words");
        assert_eq!(clean, b"{ 2.5 mul dup }");
        assert!(calculator(b"{ system }").is_err());
        assert!(calculator(b"{ 1").is_err());
    }
}
