//! What `sd_scrub` makes of office documents: see `sd_fuzz::scrub`.
#![no_main]

sd_fuzz::scrub_target!("office");
