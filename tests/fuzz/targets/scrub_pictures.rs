//! What `sd_scrub` makes of pictures: see `sd_fuzz::scrub`.
#![no_main]

sd_fuzz::scrub_target!("pictures");
