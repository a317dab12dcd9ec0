//! Embeds the built applications: every file of `frontend/dist`, compressed once, here.
//!
//! Without a build of the applications the binary is still whole; its pages then say what is missing.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

fn main() {
    // Asked when run, not when compiled: two checkouts may share one folder of build results.
    println!("cargo::rerun-if-env-changed=CARGO_MANIFEST_DIR");
    let package = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    let dist = Path::new(&package).join("../../frontend/dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let mut files = Vec::new();
    for application in ["portal", "console"] {
        let folder = dist.join(application);
        println!("cargo::rerun-if-changed={}", folder.display());
        walk(&folder, &mut files);
    }
    files.sort();
    let mut table = String::from("/// Every file of the applications.\npub static FILES: &[File] = &[\n");
    for (number, path) in files.iter().enumerate() {
        let name =
            path.strip_prefix(&dist).expect("files were found under it").to_string_lossy().replace('\\', "/");
        let bytes = fs::read(path).expect("the file was just listed");
        let hash = hex::encode(&Sha256::digest(&bytes)[..8]);
        let (plain, packed) = (out.join(number.to_string()), out.join(format!("{number}.br")));
        fs::write(&packed, compress(&bytes)).expect("OUT_DIR can be written");
        fs::write(&plain, bytes).expect("OUT_DIR can be written");
        writeln!(
            table,
            "File {{ name: {name:?}, hash: {hash:?}, bytes: include_bytes!(r\"{}\"), brotli: include_bytes!(r\"{}\") }},",
            plain.display(),
            packed.display(),
        )
        .expect("writing to memory does not fail");
    }
    table.push_str("];\n");
    fs::write(out.join("files.rs"), table).expect("OUT_DIR can be written");
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { walk(&path, files) } else { files.push(path) }
    }
}

fn compress(bytes: &[u8]) -> Vec<u8> {
    // The best quality takes seconds for a module; debug builds don't need it.
    let quality = if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") { 11 } else { 5 };
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, quality, 22);
    writer.write_all(bytes).expect("writing to memory does not fail");
    writer.into_inner()
}
