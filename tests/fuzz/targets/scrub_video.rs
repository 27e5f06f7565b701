//! What `sd_scrub` makes of video: see `sd_fuzz::scrub`.
#![no_main]

sd_fuzz::scrub_target!("video");
