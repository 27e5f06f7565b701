//! What `sd_scrub` makes of plain text: see `sd_fuzz::scrub`.
#![no_main]

sd_fuzz::scrub_target!("text");
