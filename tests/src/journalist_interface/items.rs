//! Submissions, replies, and who has seen them.

use serde_json::Value;

use super::api::{Call, Outcome, Problem};
use super::config::User;
use super::json::{Replies, ReplyJson, ReplyStored, SubmissionJson, Submissions};
use super::response::Response;
use super::routes::{Endpoint, is_uuid};
use super::source_builder::stored_name;
use super::world::{Item, Kind, NewItem};

/// What the first line of a reply has to contain; nothing else about it is checked.
const ARMOR_HEADER: &str = "-----BEGIN PGP MESSAGE-----";

/// The answer of an endpoint that lists, shows, takes in, marks or deletes items.
pub(super) fn answer(
    call: &mut Call<'_>,
    endpoint: Endpoint<'_>,
    user: &User,
    body: &Value,
) -> Outcome {
    let method = call.request.method.clone();
    match endpoint {
        Endpoint::Submissions => Ok(submissions(call, |_| true)),
        Endpoint::SourceSubmissions(source) => Ok(submissions(call, |i| i.source_uuid == source)),
        Endpoint::Replies => Ok(replies(call, |_| true)),
        Endpoint::SourceReplies(source) if method == "POST" => {
            store_reply(call, source, user, body)
        }
        Endpoint::SourceReplies(source) => Ok(replies(call, |i| i.source_uuid == source)),
        Endpoint::Seen => mark_seen(call, user, body),
        Endpoint::Submission(_, uuid) => {
            let item = find(call, uuid, |kind| kind != Kind::Reply)?;
            if method != "DELETE" {
                return Ok(call.json(200, &SubmissionJson::of(item)));
            }
            call.state.world.delete_item(uuid);
            Ok(call.say(200, "Submission deleted"))
        }
        Endpoint::Reply(_, uuid) => {
            let item = find(call, uuid, |kind| kind == Kind::Reply)?;
            if method != "DELETE" {
                return Ok(call.json(200, &ReplyJson::of(item, &call.config.users)));
            }
            call.state.world.delete_item(uuid);
            Ok(call.say(200, "Reply deleted"))
        }
        _ => Err(Problem(404, None)),
    }
}

/// The item of this UUID, whatever source the path names: the server does not compare.
pub(super) fn find<'c>(
    call: &'c Call<'_>,
    uuid: &str,
    is_wanted: impl Fn(Kind) -> bool,
) -> Result<&'c Item, Problem> {
    let item = call.state.world.item(uuid).filter(|item| is_wanted(item.kind));
    item.ok_or(Problem(404, None))
}

fn submissions(call: &Call<'_>, wanted: impl Fn(&Item) -> bool) -> Response {
    let items = call.state.world.items().iter().filter(|i| i.kind != Kind::Reply && wanted(i));
    call.json(200, &Submissions { submissions: items.map(SubmissionJson::of).collect() })
}

fn replies(call: &Call<'_>, wanted: impl Fn(&Item) -> bool) -> Response {
    let items = call.state.world.items().iter().filter(|i| i.kind == Kind::Reply && wanted(i));
    let users = &call.config.users;
    call.json(200, &Replies { replies: items.map(|i| ReplyJson::of(i, users)).collect() })
}

/// Marks all of it seen, or nothing if one of it does not exist.
fn mark_seen(call: &mut Call<'_>, user: &User, body: &Value) -> Outcome {
    let groups = [
        ("files", "file", Kind::File),
        ("messages", "message", Kind::Message),
        ("replies", "reply", Kind::Reply),
    ];
    let mut seen = Vec::new();
    for (group, word, kind) in groups {
        let listed = body.get(group).and_then(Value::as_array);
        for uuid in listed.into_iter().flatten().filter_map(Value::as_str) {
            if call.state.world.item(uuid).is_none_or(|item| item.kind != kind) {
                return Err(Problem(404, Some(format!("{word} not found: {uuid}"))));
            }
            seen.push(uuid.to_owned());
        }
    }
    if seen.is_empty() {
        return Err(bad("Please specify the resources to mark seen."));
    }
    for item in call.state.world.items_mut().iter_mut().filter(|item| seen.contains(&item.uuid)) {
        if !item.stays && !item.seen_by.contains(&user.uuid) {
            item.seen_by.push(user.uuid.clone());
        }
    }
    Ok(call.say(200, "resources marked seen"))
}

/// Stores a reply as it was sent.
fn store_reply(call: &mut Call<'_>, source_uuid: &str, user: &User, body: &Value) -> Outcome {
    let reply = body.get("reply").ok_or_else(|| bad("reply not found in request body"))?;
    let reply = reply.as_str().unwrap_or_default();
    if reply.is_empty() {
        return Err(bad("reply should not be empty"));
    }
    if !reply.lines().next().is_some_and(|line| line.contains(ARMOR_HEADER)) {
        return Ok(call.say(400, "You must encrypt replies client side"));
    }
    let uuid = match body.get("uuid") {
        None | Some(Value::Null) => call.state.world.next_uuid(),
        Some(Value::String(uuid)) if is_uuid(uuid) => uuid.clone(),
        Some(_) => return Err(bad("'uuid' was not a valid UUID")),
    };
    let taken = |item: &Item| item.kind == Kind::Reply && item.uuid == uuid;
    if call.state.world.items().iter().any(taken) {
        return Err(Problem(409, None));
    }
    let filename = enter_reply(call, source_uuid, user, reply, &uuid)?;
    let message = "Your reply has been stored";
    Ok(call.json(201, &ReplyStored { filename: &filename, message, uuid: &uuid }))
}

fn enter_reply(
    call: &mut Call<'_>,
    source_uuid: &str,
    user: &User,
    reply: &str,
    uuid: &str,
) -> Result<String, Problem> {
    let now = call.config.clock.now();
    let world = &mut call.state.world;
    let stored = world.store(|file| std::io::Write::write_all(file, reply.as_bytes()));
    let stored = stored.map_err(|_| Problem(500, None))?;
    let source = world.sources.iter_mut().find(|source| source.uuid == source_uuid);
    let source = source.ok_or(Problem(404, None))?;
    source.interaction_count += 1;
    let filename = stored_name(source.interaction_count, &source.designation, Kind::Reply);
    let item = NewItem {
        uuid: uuid.to_owned(),
        source_uuid: source_uuid.to_owned(),
        filename: filename.clone(),
        kind: Kind::Reply,
        stored_at: now,
        author: Some(user.uuid.clone()),
    };
    world.enter(stored, item);
    Ok(filename)
}

fn bad(message: &str) -> Problem {
    Problem(400, Some(message.to_owned()))
}
