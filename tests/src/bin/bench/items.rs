//! Many small items from the server: the time for each does not grow, and when nothing is new it
//! is hardly any.

use sd_tests::newsroom::Newsroom;
use sd_tests::small_items::world_of_small_items;

use crate::measure::{Contender, Sample, measure_with, take_turns};
use crate::report::{Goal, Row, Who};
use crate::settings::Settings;
use crate::{Outcome, stage, step};

/// The smaller batch is this part of the larger one.
const PART: usize = 10;

/// Both rows: everything new, and nothing.
pub(crate) fn line(settings: &Settings) -> Outcome<Vec<Row>> {
    let count = settings.sizes.items;
    step(&format!("making {count} small items"));
    let all = Newsroom::new(world_of_small_items(count)?)?;
    let some = Newsroom::new(world_of_small_items(count / PART)?)?;
    let contenders = vec![
        Contender {
            who: Who::Ours,
            what: "sd-fetch sync: list, fetch, check, flush",
            run: Box::new(|| from_nothing(&all)),
        },
        Contender {
            who: Who::Ours,
            what: "of ours, with a tenth of the items",
            run: Box::new(|| from_nothing(&some)),
        },
    ];
    let title = format!("{count} small items from the server");
    let fetched = take_turns(title, settings.rounds, contenders)?;
    let contenders = vec![Contender {
        who: Who::Ours,
        what: "sd-fetch sync: list, compare",
        run: Box::new(|| sync(&all)),
    }];
    let title = format!("{count} items, none of them new");
    let compared = take_turns(title, settings.rounds, contenders)?;
    Ok(vec![
        fetched.goal(Goal::Flat { times: PART }).goal(Goal::Each { count }),
        compared.goal(Goal::Processor { seconds: 2.0 }).goal(Goal::Memory { mebibytes: 64.0 }),
    ])
}

/// Into a home that has fetched nothing yet.
fn from_nothing(newsroom: &Newsroom) -> Outcome<Sample> {
    stage::set_aside(&newsroom.path("ws"))?;
    sync(newsroom)
}

fn sync(newsroom: &Newsroom) -> Outcome<Sample> {
    let (args, credentials) = newsroom.fetch_line(&["sync"])?;
    measure_with(&newsroom.command("sd-fetch", &args), &credentials)
}
