//! What `sd_scrub` makes of drawings, style sheets, pages and books: see `sd_fuzz::scrub`.
#![no_main]

sd_fuzz::scrub_target!("web");
