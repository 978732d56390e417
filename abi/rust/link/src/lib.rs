// SPDX-License-Identifier: MIT OR Apache-2.0

//! The rule of the allocation ABI for cargo. In the build script of the package that is linked in the end:
//!
//! ```ignore
//! fn main() {
//!     crossheap_link::programs(crossheap_link::Allocator::Jemalloc); // a package with programs, and libraries beside them
//!     crossheap_link::libraries(); // a package without: cargo takes no link arguments for programs there
//! }
//! ```
//!
//! | what is linked | who stands behind the seven symbols |
//! |---|---|
//! | rlib | nobody: they stay undefined |
//! | staticlib | nobody; `malloc`, where the C program that links it links `crossheap-shared` as well |
//! | cdylib, dylib (and tests, examples) | `malloc` and friends |
//! | bin | the chosen allocator, whole, exported and so the process's `malloc` |
//!
//! A library package has no such build script: it leaves the choice to whoever links it.
//!
//! rustc puts link arguments behind `-lc`, where an ordinary archive's `malloc` is never looked at: everything asks for
//! it in front, and libc has one (XH111). So the allocator is linked with `--whole-archive`, and `--dynamic-list` puts
//! its names into the program's dynamic symbol table (XH110).
//!
//! The providers are C files beside this crate, compiled by `$CC` (else `cc`) into the build folder of the package.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The allocator of the package's programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allocator {
    /// `malloc`, whatever it is bound to; nothing is overridden.
    System,
    /// The static jemalloc of the Debian package libjemalloc-dev (`libjemalloc_pic.a`), overriding `malloc`.
    Jemalloc,
}

/// Links the programs of this package to `allocator`, and its cdylibs and dylibs to `malloc`. Ends the build script with
/// a message where it cannot.
pub fn programs(allocator: Allocator) {
    or_exit(Providers::find().and_then(|providers| {
        if allocator == Allocator::Jemalloc {
            link_jemalloc(&providers)?;
        }
        link_system(&providers)
    }));
}

/// Links the cdylibs and dylibs of a package without programs to `malloc`. Ends the build script with a message where it
/// cannot.
pub fn libraries() {
    or_exit(Providers::find().and_then(|providers| link_system(&providers)));
}

fn or_exit(result: Result<(), String>) {
    if let Err(reason) = result {
        eprintln!("crossheap-link: {reason}");
        std::process::exit(1);
    }
}

fn link_jemalloc(providers: &Providers) -> Result<(), String> {
    let jemalloc = library_of_compiler("libjemalloc_pic.a").ok_or(
        "libjemalloc_pic.a was not found. Install libjemalloc-dev, or choose Allocator::System in the build script",
    )?;
    let provider = providers.archive("jemalloc", &["-DCROSSHEAP_RESOLUTION=\"static\""])?;
    let completion = providers.archive("complete_jemalloc", &[])?;
    let exported = |list: &str| format!("-Wl,--dynamic-list={}", text(&providers.source.join("exported").join(list)));
    let arguments = [
        "-Wl,--whole-archive".to_owned(),
        text(&completion),
        text(&jemalloc),
        "-Wl,--no-whole-archive".to_owned(),
        text(&provider),
        exported("family.list"),
        exported("jemalloc.list"),
    ];
    // jemalloc's C++ operators; and libc once more, behind what was linked last.
    for argument in arguments.iter().map(String::as_str).chain(["-lstdc++", "-lm", "-lpthread", "-ldl", "-lc"]) {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
    Ok(())
}

// For everything that is linked: cargo has no key for dylibs alone. In a program this archive comes behind the chosen
// provider, and nothing is left undefined for it to define.
fn link_system(providers: &Providers) -> Result<(), String> {
    let provider = text(&providers.archive("system", &[])?);
    for argument in [provider.as_str(), "-lpthread", "-ldl", "-lc"] {
        println!("cargo::rustc-link-arg={argument}");
    }
    for variable in ["CC", "AR"] {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// Where the C sources of the providers are, and where their archives go.
struct Providers {
    source: PathBuf,
    include: PathBuf,
    out: PathBuf,
}

impl Providers {
    // A packaged crate carries the providers and the headers. Installed, it stands beside them: share/crossheap/rust/link.
    fn find() -> Result<Self, String> {
        let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let found = |candidates: [&str; 2], file: &str| {
            let folders = candidates.map(|candidate| crate_folder.join(candidate));
            folders
                .into_iter()
                .find(|folder| folder.join(file).exists())
                .ok_or_else(|| format!("{file} was not found near {}. Install crossheap again", crate_folder.display()))
        };
        Ok(Self {
            source: found(["providers", "../../providers"], "system.c")?,
            include: found(["include", "../../../../include"], "crossheap/allocator.h")?,
            out: PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set. Call this from a build script")?),
        })
    }

    // One C file of the providers as an archive.
    fn archive(&self, name: &str, defines: &[&str]) -> Result<PathBuf, String> {
        let source = self.source.join(name).with_extension("c");
        let object = self.out.join(name).with_extension("o");
        let archive = self.out.join(format!("libcrossheap_{name}.a"));
        run(compiler()
            .args(["-std=gnu11", "-O2", "-fPIC", "-fvisibility=hidden", "-fno-plt", "-c"])
            .args(defines)
            .arg("-I")
            .arg(&self.include)
            .arg(&source)
            .arg("-o")
            .arg(&object))?;
        run(tool("AR", "ar").arg("crs").arg(&archive).arg(&object))?;
        println!("cargo::rerun-if-changed={}", source.display());
        Ok(archive)
    }
}

// The command in `variable`, which may have arguments of its own ("ccache gcc"), as make(1) takes it; else `usual`.
fn tool(variable: &str, usual: &str) -> Command {
    let value = env::var(variable).unwrap_or_default();
    // A path with spaces that is there is one word.
    if Path::new(&value).is_file() {
        return Command::new(value);
    }
    let mut words = value.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or(usual));
    command.args(words);
    command
}

fn compiler() -> Command {
    tool("CC", "cc")
}

// A library by what the compiler itself finds; it answers with the bare name where it finds none.
fn library_of_compiler(file: &str) -> Option<PathBuf> {
    let answer = compiler().arg(format!("-print-file-name={file}")).output().ok()?;
    let path = PathBuf::from(String::from_utf8(answer.stdout).ok()?.trim());
    path.is_absolute().then_some(path)
}

fn run(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{program} ended with {status}. What it said stands above")),
        Err(error) => Err(format!("{program} cannot be started: {error}. Install a C compiler, or set CC and AR")),
    }
}
