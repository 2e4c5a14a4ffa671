"""People of the demo province, signed in: the headers their browsers would send."""

from engine.organisation import Session, actor_of, sign_in
from engine.organisation.passwords import INITIAL_PASSWORD
from web.bench.site import Site


class Office:
    """Signs each person in once."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._tokens: dict[str, str] = {}

    def headers(self, login: str) -> dict[str, str]:
        """Cookies and what a browser says of itself."""
        return {"cookie": f"session={self._token(login)}", "accept": "text/html", "sec-fetch-site": "same-origin"}

    def csrf(self, login: str) -> str:
        """The token that the forms of this person's pages carry."""
        return self._session(login).csrf

    def _session(self, login: str) -> Session:
        with self._site.app.database.read() as tx:
            found = actor_of(tx, self._token(login))
        assert found is not None
        return found[1]

    def _token(self, login: str) -> str:
        if login not in self._tokens:
            app = self._site.app
            self._tokens[login] = sign_in(app.database, app.passwords, login=login, password=INITIAL_PASSWORD)
        return self._tokens[login]
