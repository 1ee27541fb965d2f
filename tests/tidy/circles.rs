//! No files of a package need each other in a circle, be it by way of others: whoever opens a
//! file can read downwards.
//!
//! A file needs another where it names something that is defined there. A declaration (`mod x;`)
//! and a module that hands on what its own parts define (`pub use self::x::Y`) need nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{Attribute, Expr, ExprLit, Item, ItemMod, ItemUse, Lit, Meta, UseTree, Visibility};

use super::{Source, has_word, refuse, rust_sources};

/// Names that lead to a module from the root of its package, or from another module.
type Names = Vec<String>;

/// A name that a module gives to something from elsewhere.
struct Import {
    name: String,
    path: Names,
    handed_on: bool,
}

/// What a module says of others.
#[derive(Default)]
struct Module {
    file: String,
    imports: Vec<Import>,
    named: Vec<Names>,
}

/// The modules of a package, by their names from its root.
type Package = BTreeMap<Names, Module>;

#[test]
fn no_files_import_each_other_in_circles() {
    let sources = rust_sources();
    let is_root = |path: &&str| {
        path.ends_with("src/lib.rs") || path.ends_with("src/main.rs") || *path == "labs/lib.rs"
    };
    let roots: Vec<_> = sources.iter().map(|it| it.path.as_str()).filter(is_root).collect();
    assert!(roots.len() > 3, "too few packages: {roots:?}");
    let mut circles = Vec::new();
    for root in roots {
        let mut package = Package::new();
        read(&mut package, &sources, root, Names::new());
        circles.extend(in_circles(&needs(&package)).into_iter().map(|files| {
            format!("{}: they need each other; move what both need below", files.join(" <-> "))
        }));
    }
    refuse(&circles);
}

/// Reads the module in a file, and those that it declares.
fn read(package: &mut Package, sources: &[Source], path: &str, names: Names) {
    let Some(source) = sources.iter().find(|source| source.path == path) else { return };
    let code = syn::parse_file(&source.text).unwrap_or_else(|error| panic!("{path}: {error}"));
    let file = Path::new(path);
    let folder = file.parent().unwrap_or(Path::new(""));
    let stem = file.file_stem().unwrap_or_default();
    let is_folders = ["mod", "lib", "main"].iter().any(|name| stem == *name);
    let below = if is_folders { folder.to_owned() } else { folder.join(stem) };
    let mut reader = Reader {
        module: Module { file: path.to_owned(), ..Module::default() },
        declared: Vec::new(),
    };
    reader.visit_file(&code);
    for (name, mounted) in reader.declared {
        let child = [&names[..], std::slice::from_ref(&name)].concat();
        let places = match mounted {
            Some(file) => vec![folder.join(file)],
            None => vec![below.join(format!("{name}.rs")), below.join(&name).join("mod.rs")],
        };
        for place in places {
            read(package, sources, &place.to_string_lossy(), child.clone());
        }
    }
    package.insert(names, reader.module);
}

/// Collects what a file says of others, but for what only tests see.
struct Reader {
    module: Module,
    /// Modules in other files, with the file's name where it is not the module's.
    declared: Vec<(String, Option<String>)>,
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Fn(it) => &it.attrs,
            Item::Impl(it) => &it.attrs,
            Item::Mod(it) => &it.attrs,
            Item::Use(it) => &it.attrs,
            _ => &Vec::new(),
        };
        if !attributes.iter().any(is_for_tests) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if item.content.is_some() {
            return visit::visit_item_mod(self, item);
        }
        let mounted = item.attrs.iter().find_map(mounted);
        self.declared.push((item.ident.to_string(), mounted));
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let handed_on = !matches!(item.vis, Visibility::Inherited);
        self.take(&item.tree, Names::new(), handed_on);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Names = path.segments.iter().map(|part| part.ident.to_string()).collect();
        if names.len() > 1 {
            self.module.named.push(names);
        }
        visit::visit_path(self, path);
    }
}

impl Reader {
    /// Takes a `use` apart.
    fn take(&mut self, tree: &UseTree, mut path: Names, handed_on: bool) {
        match tree {
            UseTree::Path(it) => {
                path.push(it.ident.to_string());
                self.take(&it.tree, path, handed_on);
            }
            UseTree::Group(it) => {
                it.items.iter().for_each(|tree| self.take(tree, path.clone(), handed_on));
            }
            UseTree::Name(it) if it.ident == "self" => {
                let name = path.last().cloned().unwrap_or_default();
                self.module.imports.push(Import { name, path, handed_on });
            }
            UseTree::Name(it) => {
                let name = it.ident.to_string();
                path.push(name.clone());
                self.module.imports.push(Import { name, path, handed_on });
            }
            UseTree::Rename(it) => {
                path.push(it.ident.to_string());
                let name = it.rename.to_string();
                self.module.imports.push(Import { name, path, handed_on });
            }
            UseTree::Glob(_) => {
                self.module.imports.push(Import { name: "*".to_owned(), path, handed_on });
            }
        }
    }
}

fn is_for_tests(attribute: &Attribute) -> bool {
    let Meta::List(list) = &attribute.meta else { return false };
    list.path.is_ident("cfg") && has_word(&list.tokens.to_string(), "test")
}

/// The file that an attribute `#[path = "…"]` names.
fn mounted(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else { return None };
    let Expr::Lit(ExprLit { lit: Lit::Str(file), .. }) = &pair.value else { return None };
    pair.path.is_ident("path").then(|| file.value())
}

/// Which file names something that another one defines.
fn needs(package: &Package) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut needs: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (names, module) in package {
        let imported = module.imports.iter().filter(|it| !it.handed_on).map(|it| &it.path);
        for path in imported.chain(&module.named) {
            let definer = definer(package, names, path, 0);
            if let Some(other) = definer.filter(|other| *other != module.file) {
                needs.entry(&module.file).or_default().insert(other);
            }
        }
    }
    needs
}

/// The file that defines what a module calls `path`; nothing if that is another package.
fn definer<'p>(package: &'p Package, from: &Names, path: &[String], depth: u32) -> Option<&'p str> {
    // Imports that lead to each other lead nowhere.
    if depth > 20 {
        return None;
    }
    let (mut at, mut rest) = (from.clone(), path);
    while let Some(name) = rest.first() {
        match name.as_str() {
            "crate" => at.clear(),
            "self" => {}
            "super" => drop(at.pop()?),
            _ => break,
        }
        rest = &rest[1..];
    }
    while let Some(name) = rest.first() {
        let child = [&at[..], std::slice::from_ref(name)].concat();
        if package.contains_key(&child) {
            (at, rest) = (child, &rest[1..]);
            continue;
        }
        let imports = &package[&at].imports;
        if let Some(import) = imports.iter().find(|it| it.name == *name && it.path != path) {
            let onward = [&import.path[..], &rest[1..]].concat();
            return definer(package, &at, &onward, depth + 1);
        }
        break;
    }
    // A name that nothing explains is another package, or one of the file's own.
    (at != *from || rest.len() < path.len()).then(|| package[&at].file.as_str())
}

/// The files that need each other, each circle once.
fn in_circles<'p>(needs: &BTreeMap<&'p str, BTreeSet<&'p str>>) -> BTreeSet<Vec<&'p str>> {
    let reached = |from: &str| {
        let mut seen = BTreeSet::new();
        let mut open = vec![from];
        while let Some(next) = open.pop() {
            let new = needs.get(next).into_iter().flatten().filter(|&&file| seen.insert(file));
            open.extend(new.copied().collect::<Vec<_>>());
        }
        seen
    };
    let reach: BTreeMap<&str, _> = needs.keys().map(|&file| (file, reached(file))).collect();
    let circle = |(file, seen): (&&'p str, &BTreeSet<&'p str>)| {
        let back = |other: &&&str| reach.get(**other).is_some_and(|seen| seen.contains(*file));
        seen.contains(*file).then(|| seen.iter().filter(back).copied().collect())
    };
    reach.iter().filter_map(circle).collect()
}
