//! An exported file: JSON with its signature and proof inside, CSV with its proof beside it, any other with a signature
//! beside it.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cli::error::CliError;
use crate::cli::pack::packet_problem;
use crate::cli::said::Said as _;
use grainloss_core::data_file;
use grainloss_journal::{Altered, FileSignature, Proof, VerifyResult};
use grainloss_knowledge::Words;
use grainloss_knowledge::bounded::{LONGEST_REPORT, read_bounded};
use grainloss_knowledge::spoken;
use grainloss_packet::Packet;
use grainloss_report::signed_json;

/// What a Parquet file begins with.
const PARQUET: &[u8] = b"PAR1";

/// What was found of an exported file.
pub(super) struct Export {
    pub result: VerifyResult,
    /// True when only the session's facts and totals are proven, not all that the file says.
    pub only_facts: bool,
}

/// Checks an exported file.
pub(super) fn verify(path: &Path, proof: Option<&Path>, words: &Words) -> Result<Export, CliError> {
    let bytes = read(path)?;
    if bytes.starts_with(PARQUET) {
        let packet = Packet::of_bytes(path, bytes).map_err(|error| CliError::input(packet_problem(words, &error)))?;
        return Ok(Export { result: packet.verify(), only_facts: false });
    }
    let beside = |ending: &str| PathBuf::from(format!("{}{ending}", path.display()));
    let text = std::str::from_utf8(&bytes).ok().map(|text| text.strip_prefix('\u{feff}').unwrap_or(text));
    if let Some(signed) = text.and_then(signed_json) {
        let altered = VerifyResult::Altered(Altered::Seal);
        let result = signed.map_or(altered, |(signature, sha256)| signature.verify(&sha256));
        return Ok(Export { result, only_facts: false });
    }
    let named = proof.map(Path::to_owned);
    let signature_path = named.clone().filter(|path| !path.to_string_lossy().ends_with(".proof.json"));
    let signature_path = signature_path.unwrap_or_else(|| beside(".sig.json"));
    if let Some(signature) =
        read(&signature_path).ok().and_then(|text| serde_json::from_slice::<FileSignature>(&text).ok())
    {
        return Ok(Export { result: signature.verify(&data_file::sha256(&[&bytes])), only_facts: false });
    }
    if let Some(json) = text.and_then(|text| serde_json::from_str::<Value>(text).ok()) {
        return of_json(path, &json);
    }
    let proof_path = named.unwrap_or_else(|| beside(".proof.json"));
    let Some(text) = text.filter(|_| proof_path.exists()) else {
        let missing = [("file", &*path.display().to_string()), ("beside", &*beside(".sig.json").display().to_string())];
        return Err(CliError::input(words.with("verify-no-signature", &missing)));
    };
    let proof: Proof = serde_json::from_slice(&read(&proof_path)?).map_err(|error| {
        CliError::input(
            spoken().with("verify-no-proof", &[("file", &proof_path.display().to_string()), ("why", &error.said())]),
        )
    })?;
    let csv = |error: csv::Error| CliError::input(format!("{}: {}", path.display(), error.said()));
    let mut rows = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let names = rows.headers().map_err(csv)?.clone();
    let records = rows.records().collect::<Result<Vec<_>, _>>().map_err(csv)?;
    let result =
        proof.verify_rows(&names.iter().collect::<Vec<_>>(), records.iter().map(|record| record.iter().collect()));
    Ok(Export { result, only_facts: false })
}

fn read(path: &Path) -> Result<Vec<u8>, CliError> {
    read_bounded(path, LONGEST_REPORT).map_err(|error| CliError::input(format!("{}: {}", path.display(), error.said())))
}

/// A report as JSON without a signature over all of it: the proof inside must be whole, and the report must say what was
/// signed.
fn of_json(path: &Path, json: &Value) -> Result<Export, CliError> {
    let proof_value = json.get("proof");
    let proof: Proof = serde_json::from_value(proof_value.unwrap_or(json).clone()).map_err(|error| {
        CliError::input(
            spoken().with("verify-no-proof-inside", &[("file", &path.display().to_string()), ("why", &error.said())]),
        )
    })?;
    let facts: Value = serde_json::from_str(&proof.facts).unwrap_or_default();
    let totals = facts["totals"].as_str().and_then(|text| serde_json::from_str::<Value>(text).ok()).unwrap_or_default();
    let names =
        ["end_reason", "source", "clock", "machine", "profile_sha256", "crop", "software", "seconds", "revision_of"];
    let mut signed: Vec<(&str, Value)> = names.iter().map(|name| (*name, facts[*name].clone())).collect();
    let seconds = |name: &str| facts[name].as_i64().map(|t_us| t_us as f64 / 1e6);
    signed.extend([
        ("session", facts["id"].clone()),
        ("totals", totals),
        ("closed", true.into()),
        ("started_unix", seconds("started_us").into()),
        ("last_unix", seconds("last_us").into()),
    ]);
    let differs = signed.iter().find(|(name, signed)| json.get(name).is_some_and(|said| said != signed));
    if let Some((name, _)) = differs.filter(|_| proof_value.is_some()) {
        return Ok(Export { result: VerifyResult::Altered(Altered::Fact((*name).to_owned())), only_facts: true });
    }
    // A proof alone says nothing else.
    Ok(Export { result: proof.verify(), only_facts: proof_value.is_some() })
}
