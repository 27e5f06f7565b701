//! What `sd_scrub` makes of mails: see `sd_fuzz::scrub`.
#![no_main]

sd_fuzz::scrub_target!("mail");
