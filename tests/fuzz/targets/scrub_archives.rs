//! What `sd_scrub` makes of archives: see `sd_fuzz::scrub`.
#![no_main]

sd_fuzz::scrub_target!("archives");
