"""Signatures with the operator's own key: openssl and a PDF reader find them good, and what is wrong is named."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from auditor.cli.app import app
from auditor.evidence.signature import load_public_key
from auditor.evidence.verify_chain import verify_chain
from auditor.reports.pdf import AccountPdf
from tests import samples
from tests.evidence import keys
from tests.evidence.nights import FIRST, contents, night, nights, reseal
from tests.reports import pdf_reading as read

CLEAN = Path(__file__).parents[2] / "examples" / "7654321_SB1"


def auditor(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def signer(kind: str = "Ed25519", private: object = None):
    from auditor.evidence.signature import Signer

    return Signer(private or keys.key(kind))


def openssl(kind: str, folder: Path, public: Path) -> int:
    """As docs/evidence.md says."""
    at = {"-in": folder / "SHA256SUMS", "-sigfile": folder / "SHA256SUMS.sig", "-inkey": public}
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-rawin"]
    if kind != "Ed25519":
        command += ["-digest", "sha256"]
    command += [str(part) for pair in at.items() for part in pair]
    return subprocess.run(command, capture_output=True, check=False).returncode


@pytest.mark.parametrize("kind", keys.KINDS)
def test_a_seal_is_signed_as_openssl_checks_it(kind: str, tmp_path: Path) -> None:
    private = keys.key(kind)
    run = night(tmp_path / "runs", signer=signer(private=private))
    public = tmp_path / "public.pem"
    public.write_bytes(keys.public_pem(private))
    assert (run / "signer.pem").read_bytes() == public.read_bytes()
    assert json.loads((run / "manifest.json").read_bytes())["signing"]["algorithm"] == kind
    assert openssl(kind, run, public) == 0
    assert subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=run, check=False).returncode == 0
    told = auditor("verify", run, "--public-key", public)
    assert (told.exit_code, "signed with the key given" in told.stdout) == (0, True)
    assert "signed; " in auditor("verify", run).stdout
    (run / "accounts/1/report.pdf").write_bytes(b"other")
    reseal(run)
    assert openssl(kind, run, public) != 0
    told = auditor("verify", run, "--json")
    assert told.exit_code == 5
    assert [(each["kind"], each["file"]) for each in json.loads(told.stdout)["problems"]] == [
        ("signature", "SHA256SUMS.sig")
    ]


def problems(out: Path, *public: Path) -> set[tuple[str, str]]:
    found = verify_chain(out, keys=[load_public_key(path) for path in public])
    return {(each.kind, each.run) for each in found.problems}


def test_whose_signatures_a_chain_must_bear(tmp_path: Path) -> None:
    ours, theirs = keys.key("Ed25519"), keys.key("ECDSA-SHA256")
    (tmp_path / "ours.pem").write_bytes(keys.public_pem(ours))
    (tmp_path / "theirs.pem").write_bytes(keys.certificate(theirs))
    out = tmp_path / "runs"
    nights(out, 2)
    signed = nights(out, 2, FIRST + timedelta(days=2), signer(private=ours))
    assert problems(out, tmp_path / "ours.pem") == set(), "a signature stands for the unsigned runs before it too"
    assert problems(out, tmp_path / "theirs.pem") == {("signature", run.name) for run in signed}
    later = night(out, FIRST + timedelta(days=4), signer=signer(private=theirs))
    assert problems(out, tmp_path / "ours.pem") == {("signature", later.name)}
    assert problems(out, tmp_path / "ours.pem", tmp_path / "theirs.pem") == set(), "a key may change"
    unsigned = night(out, FIRST + timedelta(days=5))
    assert problems(out) == set()
    assert problems(out, tmp_path / "ours.pem", tmp_path / "theirs.pem") == {("signature", unsigned.name)}
    told = auditor("verify", unsigned, "--public-key", tmp_path / "ours.pem")
    assert (told.exit_code, "bears no signature" in told.stdout) == (5, True)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda run: (run / "SHA256SUMS.sig").unlink(), "is not there any more"),
        (lambda run: (run / "SHA256SUMS.sig").write_bytes(b""), "was not made over this SHA256SUMS"),
        (lambda run: (run / "signer.pem").write_bytes(keys.public_pem(keys.key("Ed25519"))), "is not the key that"),
        (lambda run: (run / "signer.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\n"), "cannot be checked"),
    ],
)
def test_a_signature_that_is_gone_or_wrong_is_named(damage: object, says: str, tmp_path: Path) -> None:
    run = night(tmp_path, signer=signer())
    damage(run)
    told = auditor("verify", run)
    assert told.exit_code == 5
    assert any(line.startswith("signature") and says in line for line in told.stdout.splitlines()), told.stdout


def test_pruned_runs_keep_their_signatures(tmp_path: Path) -> None:
    private = keys.key("RSA-SHA256")
    (tmp_path / "public.pem").write_bytes(keys.public_pem(private))
    out = tmp_path / "runs"
    first, _ = nights(out, 2, signer=signer(private=private))
    assert auditor("prune", "--out", out, "--keep-days", 0, "--keep-monthly", 0).exit_code == 0
    assert sorted(contents(out / "chain" / first.name)) == [
        "SHA256SUMS",
        "SHA256SUMS.sig",
        "manifest.json",
        "signer.pem",
    ]
    told = auditor("verify", "--chain", out, "--public-key", tmp_path / "public.pem")
    assert told.exit_code == 0, told.output
    assert told.stdout.count("signed with the key given") == 2


@pytest.fixture(scope="module")
def signed_audit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real command, with an RSA key and its certificate."""
    at = tmp_path_factory.mktemp("signed")
    configuration = keys.signing_files(at / "keys", keys.key("RSA-SHA256"), certified=True)
    told = auditor("audit", "--input", CLEAN, "--out", at / "runs", "--sign", configuration)
    assert told.exit_code == 0, told.output
    return at


def test_pdfs_are_signed_so_that_a_reader_shows_it(signed_audit: Path) -> None:
    run = signed_audit / "runs" / "latest"
    assert auditor("verify", run, "--public-key", signed_audit / "keys" / "cert.pem").exit_code == 0
    started = json.loads((run / "run.json").read_bytes())["started"]
    for pdf in (run / "summary.pdf", run / "accounts/7654321_SB1/report.pdf"):
        shown = subprocess.run(
            ["pdfsig", "-nocert", str(pdf)], capture_output=True, text=True, check=True, env={"TZ": "UTC"}
        )
        assert "Signature Validation: Signature is Valid." in shown.stdout
        assert "Total document signed" in shown.stdout
        assert "Signature Type: ETSI.CAdES.detached" in shown.stdout
        assert "Signer Certificate Common Name: Audit operator" in shown.stdout
        assert re.search(rf"Signing Time: .* {started[11:19]}", shown.stdout), shown.stdout
        data = bytearray(pdf.read_bytes())
        data[len(data) // 3] ^= 1
        changed = signed_audit / "changed.pdf"
        changed.write_bytes(data)
        shown = subprocess.run(["pdfsig", "-nocert", str(changed)], capture_output=True, text=True, check=False)
        assert "Signature is Valid" not in shown.stdout


def test_a_report_of_a_signed_run_is_the_beginning_of_its_signed_pdfs(signed_audit: Path, tmp_path: Path) -> None:
    run = (signed_audit / "runs" / "latest").resolve()
    assert auditor("report", run, "--out", tmp_path).exit_code == 0
    (again,) = (path for path in tmp_path.iterdir() if path.is_dir())
    for name, data in contents(again).items():
        if name.endswith(".pdf"):
            assert (run / name).read_bytes().startswith(data)
        elif name not in ("manifest.json", "SHA256SUMS"):
            assert (run / name).read_bytes() == data
    assert auditor("report", run, "--out", tmp_path, "--sign", signed_audit / "keys" / "accounts.toml").exit_code == 0
    assert auditor("verify", "--chain", tmp_path, "--public-key", signed_audit / "keys" / "public.pem").exit_code == 0


def test_tags_language_and_the_mark_of_pdf_ua_survive_and_the_bytes_are_the_same_each_time() -> None:
    from cryptography import x509

    from auditor.evidence.signature import Signer

    result = samples.mixed_result()
    pdf = AccountPdf().render(result, samples.run(result))
    for kind in ("RSA-SHA256", "ECDSA-SHA256"):
        private = keys.key(kind)
        signature = Signer(private, (x509.load_pem_x509_certificate(keys.certificate(private)),)).pdf
        assert signature
        signed, again = (signature.sign(pdf, "20261121T020000Z", samples.STARTED) for _ in range(2))
        assert signed.startswith(pdf)
        assert (signed == again) is (kind == "RSA-SHA256"), "ECDSA draws a number for each signature"
        assert read.tag_counts(signed) == read.tag_counts(pdf)
        assert read.text(signed) == read.text(pdf)
        assert read.bookmarks(signed) == read.bookmarks(pdf)
        root = read.reader(signed).trailer["/Root"]
        assert root["/Lang"] == "en"
        assert str(root["/MarkInfo"]["/Marked"]).casefold() == "true"
        assert b'pdfuaid:part="1"' in root["/Metadata"].get_object().get_data()
        (field,) = (each.get_object() for each in root["/AcroForm"]["/Fields"])
        assert field["/F"] & 2, "hidden, so that PDF/UA asks for no tag"
        assert field["/V"]["/M"] == "D:20261121020000Z"
        assert read.reader(signed).metadata["/CreationDate"] == "D:20261121020000Z"


def test_a_key_that_cannot_sign_ends_the_command_before_anything_is_read(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric import ed448, rsa

    good = keys.key("ECDSA-SHA256")
    other = keys.key("ECDSA-SHA256")
    at = tmp_path / "keys"
    configuration = keys.signing_files(at, good, certified=True)

    def wrong(says: str, key: bytes = keys.private_pem(good), cert: bytes = keys.certificate(good)) -> None:
        (at / "key.pem").write_bytes(key)
        (at / "cert.pem").write_bytes(cert)
        told = auditor("audit", "--input", CLEAN, "--out", tmp_path / "runs", "--sign", configuration)
        assert told.exit_code == 2, told.output
        assert says in told.stderr
        assert "7654321_SB1:" not in told.stderr, "nothing was read"
        assert "PRIVATE" not in told.output
        assert [path.name for path in (tmp_path / "runs").iterdir()] == [".lock"]

    wrong("is no private key in PEM form", key=b"nonsense")
    wrong("its key_password is missing or wrong", key=keys.private_pem(good, b"secret"))
    wrong("of a kind that runs are not signed with", key=keys.private_pem(ed448.Ed448PrivateKey.generate()))
    wrong("of a kind that runs are not signed with", key=keys.private_pem(rsa.generate_private_key(65537, 1024)))
    wrong("is not of the signing key", cert=keys.certificate(other))
    wrong("is not in PEM form", cert=b"nonsense")
    wrong("is valid from 2020-01-01 to 2021-01-01", cert=keys.certificate(good, until=2021))
    edwards = keys.key("Ed25519")
    wrong("few PDF readers", key=keys.private_pem(edwards), cert=keys.certificate(edwards))
    (at / "key.pem").chmod(0o644)
    wrong("can be read by others")
    (at / "key.pem").unlink()
    told = auditor("audit", "--input", CLEAN, "--out", tmp_path / "runs", "--sign", configuration)
    assert (told.exit_code, "cannot be read: No such file" in told.stderr) == (2, True)


def test_the_signing_table_is_read_strictly(tmp_path: Path) -> None:
    path = tmp_path / "accounts.toml"
    for text, says in (
        ("", "there is no [signing] table"),
        ("[signing]\n", "needs key"),
        ('[signing]\nkey = "MIIEvQIBADANBgkqh"\n', "is not a reference to a secret"),
        ('[signing]\nkeys = "file:x"\n', "Did you mean key?"),
        ("[signing]\nkey = 5\n", "must be a table of texts"),
    ):
        path.write_text(text)
        told = auditor("audit", "--input", CLEAN, "--out", tmp_path / "runs", "--sign", path)
        assert (told.exit_code, says in told.stderr) == (2, True), told.stderr
        assert "MIIEvQ" not in told.output
        assert str(path) in told.stderr


def test_an_encrypted_key_is_opened_with_its_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from auditor.config import load_signing
    from auditor.evidence.signature import load_signer

    configuration = keys.signing_files(tmp_path / "keys", keys.key("Ed25519"), password=b"open sesame")
    with configuration.open("a") as file:
        file.write('key_password = "env:SIGNING_PASSWORD"\n')
    monkeypatch.setenv("SIGNING_PASSWORD", "open sesame")
    run = night(tmp_path / "runs", signer=load_signer(load_signing(configuration), samples.STARTED))
    assert auditor("verify", run, "--public-key", tmp_path / "keys" / "public.pem").exit_code == 0
