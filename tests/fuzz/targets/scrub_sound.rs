//! What `sd_scrub` makes of sound: see `sd_fuzz::scrub`.
#![no_main]

sd_fuzz::scrub_target!("sound");
