//! Lists: read entry by entry, so that memory does not grow with what the server sends.
//!
//! ```text
//! body --Meter--> {"sources": [ entry, entry, ... ]} --> take(entry), which judges it and drops it
//!        |                      '--more than there is room for--.
//!        '--too many bytes, too long a text, too deep------------'--> Excess, the end of the list
//! ```

use std::io::{self, BufReader, Read};
use std::marker::PhantomData;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess,
    Visitor,
};
use serde::forward_to_deserialize_any;
use ureq::Body;
use ureq::http::Response;

use super::answer::{ClientError, Excess, json_body, shown};
use super::limits::Limits;
use super::meter::Meter;

/// One read.
const CHUNK: usize = 64 * 1024;

/// How many entries are taken, from one list or from several together.
pub(crate) struct Room {
    left: usize,
    beyond: Excess,
}

impl Room {
    /// For sources.
    pub(crate) fn for_sources(limits: &Limits) -> Self {
        Self { left: limits.sources, beyond: Excess::Sources(limits.sources) }
    }

    /// For messages, documents and replies.
    pub(crate) fn for_items(limits: &Limits) -> Self {
        Self { left: limits.items, beyond: Excess::Items(limits.items) }
    }
}

/// Reads `{"<name>": [entry, ...]}` and hands on each entry.
///
/// Other fields are passed over. What comes after the object is refused.
pub(crate) fn read<T: DeserializeOwned>(
    response: Response<Body>,
    name: &'static str,
    room: &mut Room,
    limits: &Limits,
    take: &mut dyn FnMut(T),
) -> Result<(), ClientError> {
    read_json(json_body(response)?, name, room, limits, take)
}

fn read_json<T: DeserializeOwned>(
    body: impl Read,
    name: &'static str,
    room: &mut Room,
    limits: &Limits,
    take: &mut dyn FnMut(T),
) -> Result<(), ClientError> {
    let meter = Meter::new(body, limits);
    let mut json = serde_json::Deserializer::from_reader(BufReader::with_capacity(CHUNK, meter));
    let mut list = List { name, room, take, entry: None, excess: None };
    let read = json.deserialize_map(&mut list).and_then(|()| json.end());
    let List { entry, excess, .. } = list;
    match (read, excess) {
        (Ok(()), _) => Ok(()),
        (Err(_), Some(excess)) => Err(excess.into()),
        (Err(e), None) if e.is_io() => Err(broken(e.into())),
        (Err(e), None) => {
            let place = entry.map(|n| format!("entry {n}: ")).unwrap_or_default();
            Err(ClientError::Shape(shown(&format!("{place}{e}"))))
        }
    }
}

/// The meter's own objection, or the connection's.
fn broken(e: io::Error) -> ClientError {
    match e.downcast::<Excess>() {
        Ok(excess) => excess.into(),
        Err(e) => e.into(),
    }
}

/// The object around the list.
struct List<'a, T> {
    name: &'static str,
    room: &'a mut Room,
    take: &'a mut dyn FnMut(T),
    /// The entry that is being read, from 1.
    entry: Option<u64>,
    excess: Option<Excess>,
}

impl<'de, T: DeserializeOwned> Visitor<'de> for &mut List<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "an object with `{}`", self.name)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut found = false;
        while let Some(key) = map.next_key::<String>()? {
            if key != self.name {
                map.next_value::<IgnoredAny>()?;
            } else if found {
                return Err(A::Error::duplicate_field(self.name));
            } else {
                map.next_value_seed(Entries(&mut *self))?;
                found = true;
            }
        }
        if found { Ok(()) } else { Err(A::Error::missing_field(self.name)) }
    }
}

/// The list itself.
struct Entries<'l, 'a, T>(&'l mut List<'a, T>);

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for Entries<'_, '_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Entries<'_, '_, T> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let list = self.0;
        for number in 1.. {
            list.entry = Some(number);
            let Some(entry) = seq.next_element_seed(Entry(PhantomData))? else { break };
            let Some(left) = list.room.left.checked_sub(1) else {
                list.excess = Some(list.room.beyond);
                return Err(A::Error::custom("too many"));
            };
            list.room.left = left;
            (list.take)(entry);
        }
        list.entry = None;
        Ok(())
    }
}

/// One entry: an object, not the array of its values that serde would take for one.
struct Entry<T>(PhantomData<T>);

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for Entry<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<T, D::Error> {
        T::deserialize(Object(from))
    }
}

struct Object<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Object<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct newtype_struct seq tuple tuple_struct map struct enum
        identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    #[serde(expecting = "an object")]
    struct One {
        a: u8,
    }

    fn few() -> Limits {
        Limits { sources: 3, text: 20, depth: 5, list_body: 200, ..Limits::default() }
    }

    fn read(json: &str) -> Result<Vec<u8>, ClientError> {
        let (limits, mut taken) = (few(), Vec::new());
        let mut room = Room::for_sources(&limits);
        let mut take = |one: One| taken.push(one.a);
        read_json(json.as_bytes(), "list", &mut room, &limits, &mut take)?;
        Ok(taken)
    }

    fn refused(json: &str) -> String {
        read(json).expect_err("refused").to_string()
    }

    #[test]
    fn each_entry_is_handed_on_and_other_fields_are_passed_over() {
        let json = r#" {"more": [{"deep": {}}], "list": [{"a": 1, "b": null}, {"a": 2}]} "#;
        assert_eq!(read(json).expect("read"), [1, 2]);
        assert_eq!(read(r#"{"list":[]}"#).expect("read"), [0; 0]);
    }

    #[test]
    fn a_list_of_another_shape_says_at_which_entry() {
        for (json, why) in [
            (r#"{"list":[{"a":1},{"a":1,"a":2}]}"#, "entry 2: duplicate field `a`"),
            (r#"{"list":[{"a":1},{}]}"#, "entry 2: missing field `a`"),
            (r#"{"list":[{"a":-1}]}"#, "entry 1: invalid value: integer `-1`"),
            (r#"{"list":[{"a":1e30}]}"#, "entry 1: invalid type: floating point"),
            (r#"{"list":[[1]]}"#, "entry 1: invalid type: sequence, expected an object"),
            (r#"{"list":[{"a":1}"#, "entry 2: EOF"),
            (r#"{"list":{"a":1}}"#, ": invalid type: map, expected a list"),
            (r#"{"list":[],"list":[]}"#, "duplicate field `list`"),
            (r#"{"lists":[]}"#, "missing field `list`"),
            (r#"[{"a":1}]"#, "invalid type: sequence, expected an object with `list`"),
            (r"null", "invalid type: null"),
            (r#"{"list":[]} {"list":[]}"#, "trailing characters"),
            ("\u{feff}{\"list\":[]}", "expected value"),
        ] {
            let text = refused(json);
            assert!(text.contains(why), "{json}: {text}");
        }
    }

    #[test]
    fn what_is_beyond_a_limit_is_named() {
        let four = format!(r#"{{"list":[{}]}}"#, [r#"{"a":1}"#; 4].join(","));
        assert_eq!(refused(&four), "more than 3 sources are listed");
        let long = format!(r#"{{"x":"{}","list":[]}}"#, "y".repeat(21));
        assert_eq!(refused(&long), "a text in the answer is longer than 20 bytes");
        let deep = format!(r#"{{"x":{}"#, "[".repeat(5));
        assert_eq!(refused(&deep), "the answer is nested more than 5 deep");
        let spaces = format!(r#"{{"list":[]{}}}"#, " ".repeat(200));
        assert_eq!(refused(&spaces), "the answer is longer than 200 bytes");
    }

    #[test]
    fn two_lists_can_share_their_room() {
        let limits = Limits { items: 3, ..Limits::default() };
        let mut room = Room::for_items(&limits);
        let mut two = || {
            let json = &br#"{"list":[{"a":1},{"a":2}]}"#[..];
            read_json(json, "list", &mut room, &limits, &mut |_: One| {})
        };
        assert!(two().is_ok());
        assert!(matches!(two(), Err(ClientError::TooLong(Excess::Items(3)))));
    }
}
