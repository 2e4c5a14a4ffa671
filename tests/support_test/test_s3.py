"""The S3 server of the test run."""

import obstore
from obstore.store import S3Store


def test_it_keeps_an_object(s3_url: str) -> None:
    store = S3Store.from_url(s3_url)
    obstore.put(store, "sha256/ab/abcd", "证书".encode())
    assert bytes(obstore.get(store, "sha256/ab/abcd").bytes()).decode() == "证书"


def test_each_test_has_a_bucket_of_its_own(s3_url: str) -> None:
    store = S3Store.from_url(s3_url)
    assert obstore.list(store).collect() == []
