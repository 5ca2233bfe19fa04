//! No circle between the files of a crate: where two files need each other's types, these belong into a third.

use std::collections::{BTreeMap, BTreeSet};

use super::{MAY_USE, code, sources, word};

/// A module's path inside its crate; the empty path is `lib.rs`.
type Module = Vec<String>;

/// Modules that may still be in a circle, with those below them. The list only gets shorter.
const ALLOWED: [(&str, &str); 3] = [("src", "cli"), ("src", "config"), ("crates/core/src", "harvest")];

/// What the text after `use` imports, a path for each name.
fn imports(tree: &str, before: &[String], found: &mut Vec<Module>) {
    let mut path = before.to_vec();
    let mut rest = tree.trim();
    while let Some((name, after)) = rest.split_once("::").filter(|(name, _)| name.trim() == word(name.trim())) {
        path.push(name.trim().to_owned());
        rest = after.trim();
    }
    let Some(list) = rest.strip_prefix('{') else {
        path.push(word(rest).to_owned());
        return found.push(path);
    };
    let (mut depth, mut start) = (0, 0);
    for (at, letter) in list.char_indices() {
        match letter {
            '{' => depth += 1,
            ',' | '}' if depth == 0 => {
                if !list[start..at].trim().is_empty() {
                    imports(&list[start..at], &path, found);
                }
                start = at + 1;
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
}

/// Every path that a text names, of imports and of code.
fn paths(text: &str) -> Vec<Module> {
    let shipped = code(text.split("\n#[cfg(test)]\n").next().unwrap_or("")).replace("pub(in ", "(");
    let mut found = Vec::new();
    for statement in shipped.split(';') {
        let import = statement.lines().position(|line| line.trim_start_matches("pub(crate) ").contains("use "));
        let (before, tree) = match import.and_then(|_| statement.split_once("use ")) {
            Some((before, tree)) if !before.ends_with(|c: char| c.is_alphanumeric() || c == '_') => (before, tree),
            _ => (statement, ""),
        };
        if !tree.is_empty() {
            imports(tree, &[], &mut found);
        }
        for piece in before.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')) {
            let names: Module = piece.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect();
            if names.len() > 1 {
                found.push(names);
            }
        }
    }
    found
}

/// The module that a path in `here` leads to; `None` for another crate's or this module's own.
fn target(here: &Module, path: &[String], modules: &BTreeMap<Module, String>) -> Option<Module> {
    let supers = path.iter().take_while(|name| *name == "super").count();
    let full: Module = match path.first()?.as_str() {
        "crate" => path[1..].to_vec(),
        "self" => here.iter().chain(&path[1..]).cloned().collect(),
        "super" => here[..here.len().checked_sub(supers)?].iter().chain(&path[supers..]).cloned().collect(),
        child => {
            let below: Module = here.iter().cloned().chain([child.to_owned()]).collect();
            modules.get(&below)?;
            here.iter().chain(path).cloned().collect()
        }
    };
    (0..=full.len()).rev().map(|n| full[..n].to_vec()).find(|module| modules.contains_key(module)).filter(|m| m != here)
}

fn name(module: &Module) -> String {
    if module.is_empty() { "lib".to_owned() } else { module.join("::") }
}

/// The circles between these files: in each the modules that all reach each other.
fn circles(modules: &BTreeMap<Module, String>) -> Vec<Vec<String>> {
    let arrows = |(here, text): (&Module, &String)| {
        let to: BTreeSet<Module> = paths(text).iter().filter_map(|path| target(here, path, modules)).collect();
        (here.clone(), to)
    };
    let mut reach: BTreeMap<Module, BTreeSet<Module>> = modules.iter().map(arrows).collect();
    for middle in modules.keys() {
        let further = reach[middle].clone();
        for to in reach.values_mut().filter(|to| to.contains(middle)) {
            to.extend(further.iter().cloned());
        }
    }
    let mut circles = BTreeSet::new();
    for (here, to) in reach.iter().filter(|(here, to)| to.contains(*here)) {
        let circle = to.iter().filter(|other| reach[*other].contains(here)).map(name);
        circles.insert(circle.collect::<BTreeSet<_>>());
    }
    circles.into_iter().map(|circle| circle.into_iter().collect()).collect()
}

fn modules(folder: &str) -> BTreeMap<Module, String> {
    let module = |(path, text): (String, String)| {
        let name = path.strip_prefix(folder)?.trim_start_matches('/').strip_suffix(".rs")?.to_owned();
        let parts: Module = name.split('/').filter(|part| *part != "lib").map(str::to_owned).collect();
        (name != "main" && !parts.iter().any(|part| part == "tests")).then_some((parts, text))
    };
    sources(folder).into_iter().filter_map(module).collect()
}

#[test]
fn files_of_a_crate_do_not_need_each_other_in_a_circle() {
    let is_allowed = |folder: &str, module: &str| {
        ALLOWED
            .iter()
            .any(|(other, root)| *other == folder && (module == *root || module.starts_with(&format!("{root}::"))))
    };
    let mut found = Vec::new();
    for folder in MAY_USE.iter().map(|(folder, _)| format!("{folder}/src")).chain(["src".to_owned()]) {
        let circles = circles(&modules(&folder));
        let wrong = circles.into_iter().filter(|circle| !circle.iter().all(|module| is_allowed(&folder, module)));
        found.extend(wrong.map(|circle| format!("{folder}: {}", circle.join(", "))));
    }
    super::assert_none(&found);
}

#[test]
fn a_circle_is_found() {
    let circles_of = |files: &[(&str, &str)]| {
        let module = |(name, text): &(&str, &str)| {
            (name.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect(), (*text).to_owned())
        };
        circles(&files.iter().map(module).collect())
    };
    let facade = ("", "mod a;\nmod b;\npub use a::A;\n");
    let uses_b = ("a", "use std::fmt;\n\nuse crate::b::{self, B};\npub struct A(B);\n");
    assert_eq!(circles_of(&[facade, uses_b, ("b", "pub struct B;\n// crate::a::A\n")]), [[""; 0]; 0]);
    // Through the facade, by a path in the code, and from a child to its parent.
    assert_eq!(circles_of(&[facade, uses_b, ("b", "use crate::A;\npub struct B;\n")]), [["a", "b", "lib"]]);
    assert_eq!(circles_of(&[facade, uses_b, ("b", "pub fn b() -> super::a::A { todo() }\n")]), [["a", "b"]]);
    assert_eq!(
        circles_of(&[("a", "mod c;\nuse c::C;\npub struct A;\n"), ("a::c", "use super::A;\n")]),
        [["a", "a::c"]]
    );
    assert_eq!(circles_of(&[facade, uses_b, ("b", "struct B;\n#[cfg(test)]\nuse super::a::A;\n")]), [[""; 0]; 0]);
}
