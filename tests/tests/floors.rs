//! The floors of the architecture, held against what cargo really links.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a test reads the repository's own files"
)]

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};

/// Crates that open connections, speak TLS or ask for names.
const NETWORK: &[&str] = &[
    "ureq",
    "ureq-proto",
    "hyper",
    "reqwest",
    "isahc",
    "curl",
    "curl-sys",
    "attohttpc",
    "minreq",
    "native-tls",
    "openssl",
    "openssl-sys",
    "rustls",
    "hickory-resolver",
    "trust-dns-resolver",
    "h2",
    "quinn",
    "tungstenite",
    "socks",
    "arti-client",
];

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        // Only the platform that is built for: a machine that built has no other's crates.
        .other_options(
            ["--offline", "--locked", "--filter-platform", "x86_64-unknown-linux-gnu"]
                .map(str::to_owned),
        )
        .exec()
        .expect("cargo metadata")
}

/// Normal and build dependencies, package by package; what tests use does not count.
fn graph(metadata: &Metadata) -> BTreeMap<&PackageId, Vec<&PackageId>> {
    let resolve = metadata.resolve.as_ref().expect("a resolved graph");
    let links = |node: &cargo_metadata::Node| {
        node.deps
            .iter()
            .filter(|d| d.dep_kinds.iter().any(|k| k.kind == DependencyKind::Normal))
            .map(|d| metadata[&d.pkg].id.clone())
            .collect::<Vec<_>>()
    };
    resolve
        .nodes
        .iter()
        .map(|n| {
            let deps: Vec<&PackageId> = links(n)
                .iter()
                .map(|id| &metadata.packages.iter().find(|p| p.id == *id).expect("known").id)
                .collect();
            (&n.id, deps)
        })
        .collect()
}

/// The names of everything a workspace package links, itself included.
fn linked(metadata: &Metadata, package: &str) -> BTreeSet<String> {
    let graph = graph(metadata);
    let root = metadata.workspace_packages().into_iter().find(|p| p.name.as_str() == package);
    let mut todo = vec![&root.expect("a workspace package").id];
    let mut seen = BTreeSet::new();
    while let Some(id) = todo.pop() {
        if seen.insert(id) {
            todo.extend(graph.get(id).into_iter().flatten());
        }
    }
    seen.into_iter().map(|id| metadata[id].name.to_string()).collect()
}

#[test]
fn no_program_of_the_svs_links_a_network_crate() {
    let metadata = metadata();
    for program in [
        "sd-airgap",
        "sd-export",
        "sd-scrub",
        "sd-render",
        "sd-stick",
        "sd-doctor",
        "sd-gate",
        "tails-persistence",
    ] {
        let linked = linked(&metadata, program);
        for crate_name in NETWORK {
            assert!(!linked.contains(*crate_name), "{program} links {crate_name}");
        }
        assert!(!linked.contains("sd-fetch"), "{program} links sd-fetch");
    }
    // The list is not a list of nothing: the one program with a network has one.
    assert!(linked(&metadata, "sd-fetch").contains("ureq"));
}

#[test]
fn only_sd_airgap_and_what_it_is_made_of_speak_openpgp() {
    let metadata = metadata();
    let without = [
        "sd-fetch",
        "sd-export",
        "sd-bundle",
        "sd-scrub",
        "sd-render",
        "sd-fs",
        "sd-term",
        "sd-sandbox",
        "sd-release",
        "usb-rules",
        "sd-stick",
        "sd-doctor",
        "sd-gate",
        "tails-persistence",
    ];
    for program in without {
        assert!(!linked(&metadata, program).contains("sequoia-openpgp"), "{program}");
    }
    assert!(!linked(&metadata, "sd-fetch").contains("sequoia-gpg-agent"));
    assert!(linked(&metadata, "sd-airgap").contains("sequoia-gpg-agent"));
}

#[test]
fn aws_lc_is_in_sd_airgap_alone_and_brings_no_tls() {
    let metadata = metadata();
    // The packager reads the command line of each program.
    let brings = ["sd-airgap", "sd-package"];
    for package in metadata.workspace_packages() {
        let linked = linked(&metadata, &package.name).contains("aws-lc-rs");
        assert_eq!(linked, brings.contains(&package.name.as_str()), "{}", package.name);
    }
    let nodes = &metadata.resolve.as_ref().expect("a resolved graph").nodes;
    let aws_lc = nodes.iter().find(|n| metadata[&n.id].name.as_str() == "aws-lc-sys");
    let features = &aws_lc.expect("linked").features;
    assert!(features.is_empty(), "{features:?}");
}

#[test]
fn only_sd_airgap_fills_the_terminal() {
    let metadata = metadata();
    for package in metadata.workspace_packages() {
        let fills = package.dependencies.iter().any(|d| {
            d.name == "sd-term" && d.features.iter().any(|feature| feature == "full-screen")
        });
        assert_eq!(fills, package.name.as_str() == "sd-airgap", "{}", package.name);
    }
}

#[test]
fn arrows_between_our_packages_go_down_only() {
    let floor = |name: &str| match name {
        "sd-fs" => Some(0),
        "sd-bundle" | "sd-pgp" | "sd-term" | "sd-sandbox" | "sd-scrub" | "sd-render"
        | "sd-doctor" | "sd-release" | "usb-rules" => Some(1),
        "sd-stick" | "sd-gate" => Some(2),
        "sd-fetch" | "sd-airgap" | "sd-export" | "tails-persistence" | "sd-publish" => Some(3),
        "sd-tests" | "sd-package" => Some(4),
        _ => None,
    };
    let metadata = metadata();
    let mut counted = 0;
    for package in metadata.workspace_packages() {
        let own = floor(&package.name).unwrap_or_else(|| panic!("{} has no floor", package.name));
        for dependency in &package.dependencies {
            let normal = dependency.kind == DependencyKind::Normal;
            let Some(below) = floor(&dependency.name).filter(|_| normal) else { continue };
            counted += 1;
            assert!(below < own, "{} -> {}", package.name, dependency.name);
        }
    }
    assert!(counted > 10);
}

/// `deny.toml` says the same to whoever runs cargo-deny; here it is held without that tool.
#[test]
fn deny_toml_s_bans_hold() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../deny.toml"))
        .expect("deny.toml");
    let deny: toml::Table = text.parse().expect("TOML");
    let bans = deny["bans"]["deny"].as_array().expect("a list of bans");
    let metadata = metadata();
    let graph = graph(&metadata);
    assert!(bans.len() >= 10);
    for ban in bans {
        let name = ban["crate"].as_str().expect("a name");
        let wrappers: Vec<&str> = ban
            .get("wrappers")
            .and_then(|w| w.as_array())
            .map(|w| w.iter().filter_map(|n| n.as_str()).collect())
            .unwrap_or_default();
        for (id, deps) in &graph {
            let user = metadata[id].name.as_str();
            let linked = deps.iter().any(|d| metadata[d].name.as_str() == name);
            assert!(
                !linked || wrappers.contains(&user),
                "{user} uses {name}, which is for {wrappers:?}"
            );
        }
    }
}

#[test]
fn every_package_has_our_licence() {
    for package in metadata().workspace_packages() {
        assert_eq!(package.license.as_deref(), Some("AGPL-3.0-or-later"), "{}", package.name);
    }
}
