"""Published versions for git and DVC, to read only.

Both come with nothing but a name and a password, so an access token is the password. What is
asked for has to look like a name of theirs before any disk is asked; nothing is redirected.
"""

import re
import zlib
from collections.abc import Iterable

from django.http import FileResponse, Http404, HttpResponseBase, StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.views import APIView

from curation.dvc.pack_lines import Unreadable
from curation.dvc.store import OBJECT
from curation.dvc.upload_pack import SERVICE, advertised, answer, asked
from curation.publishing import Places, places_of
from feedback.api import OnlyJson
from governance.access import Ability, project_for
from governance.authentication import TokenAsPassword, TokenAuthentication
from lib.problems import Refused

STORED = re.compile(OBJECT)
MOST = 1024 * 1024  # bytes of one request, unpacked; one that names 10,000 commits has half of it
GZIP = 16 + zlib.MAX_WBITS


class Published(APIView):
    """A part of a project's published versions."""

    authentication_classes = (TokenAsPassword, TokenAuthentication, SessionAuthentication)
    content_negotiation_class = OnlyJson  # what git and DVC accept is their own
    only_reads = True

    def places(self, request: Request, slug: str) -> Places:
        """Where they lie, for whoever may read code."""
        return places_of(project_for(request.user, slug, Ability.READ_CODE))


@extend_schema(exclude=True)
class GitRefs(Published):
    """The branches and tags of the repository."""

    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """All of them; 403 for whoever would push."""
        places = self.places(request, slug)
        if request.query_params.get("service") != SERVICE:
            raise Refused(403, "Published versions are read only, by a git that speaks smart HTTP.")
        return _told(advertised(places.repository), "advertisement")


@extend_schema(exclude=True)
class GitPack(Published):
    """The commits of the repository."""

    def post(self, request: Request, slug: str) -> HttpResponseBase:
        """What is wanted, as one pack."""
        places = self.places(request, slug)
        try:
            wanted = asked(_body(request))
            return _told(answer(places.repository, wanted), "result")
        except Unreadable as error:
            raise Refused(400, str(error)) from error


@extend_schema(exclude=True)
class StoredFile(Published):
    """A file of the store, by its MD5."""

    def get(self, request: Request, slug: str, name: str) -> HttpResponseBase:
        """The file; what has its name never changes."""
        places = self.places(request, slug)
        path = places.store.path_of(name.replace("/", ""))
        if not STORED.fullmatch(name) or not path.is_file():
            raise Http404
        response = FileResponse(path.open("rb"), content_type="application/octet-stream")
        response["Cache-Control"] = "private, max-age=31536000, immutable"
        return response


def _told(pieces: Iterable[bytes], what: str) -> HttpResponseBase:
    response = StreamingHttpResponse(pieces, content_type=f"application/x-{SERVICE}-{what}")
    response["Cache-Control"] = "private, no-store"
    return response


def _body(request: Request) -> bytes:
    """As git sent it, unpacked if it is packed. Raises Refused."""
    body: bytes = request._request.body
    if request.headers.get("Content-Encoding") == "gzip":
        reader = zlib.decompressobj(GZIP)
        try:
            body = reader.decompress(body, MOST + 1)
        except zlib.error:
            raise Refused(400, "The body cannot be unpacked.") from None
    if len(body) > MOST:
        raise Refused(413, f"A request has at most {MOST} bytes.")
    return body
