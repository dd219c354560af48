"""Secrets whose issuers gave them a shape: what detect-secrets knows, and what it does not.

detect-secrets (bc-detect-secrets, Apache-2.0) brings expressions for Python's own engine, which
a hostile text can hold up for ever. They run under RE2, which cannot be held up.
"""

import re

from detect_secrets.plugins.artifactory import ArtifactoryDetector
from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.cloudant import CloudantDetector
from detect_secrets.plugins.discord import DiscordBotTokenDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.ibm_cloud_iam import IbmCloudIamDetector
from detect_secrets.plugins.ibm_cos_hmac import IbmCosHmacDetector
from detect_secrets.plugins.jwt import JwtTokenDetector
from detect_secrets.plugins.mailchimp import MailchimpDetector
from detect_secrets.plugins.npm import NpmDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.softlayer import SoftlayerDetector
from detect_secrets.plugins.square_oauth import SquareOAuthDetector
from detect_secrets.plugins.stripe import StripeDetector
from detect_secrets.plugins.twilio import TwilioKeyDetector

from feedback.masking.rules import Check, Rule

# What RE2 does not know, and what says nearly the same
BEHIND, BEHIND_INSTEAD = r"(?:(?<=\W)|(?<=^))", r"(?:^|\W)"
RUN = re.compile(r"\{(?:[5-9]|\d\d)(?:,\d*)?\}")
AHEAD = re.compile(r"\(\?!\[[^\]]*\]\)")  # that a run of characters ends here


def is_whole(text: str, start: int, end: int) -> bool:
    """Whether no letter or digit goes on before or behind it."""
    return not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())


def _is_token(text: str, start: int, end: int) -> bool:
    """A JSON web token, not `keyJoin.map`: three letters alone are in many names."""
    value = text[start:end]
    return is_whole(text, start, end) and len(value) >= 30 and len(value.split(".")[0]) >= 12


def _is_no_checksum(text: str, start: int, _end: int) -> bool:
    """An Azure key, not the SHA-512 of a lock file, which has the same shape."""
    return "sha512" not in text[max(0, start - 10) : start].lower()


def _has_digit_and_capital(text: str, start: int, end: int) -> bool:
    """A key, not a word in lower case such as a class of a style sheet."""
    value = text[start:end]
    varied = any(c.isdigit() for c in value) and any(c.isupper() for c in value)
    return is_whole(text, start, end) and (varied or value.startswith(("sk-lf-", "sk-or-")))


AWS = r"A3T[A-Z0-9]{4}|A[BCKS][IC]A[A-Z0-9]{4}|(?i:aws).*[A-Za-z0-9/+]{30}"
NAMED = (
    r"(?i:cloudant|ibm|iam|softlayer|clou?|sl|cos|hmac|key|pass(?:word)?|pwd|pw|token)"
    r"\W{1,9}[A-Za-z0-9_-]{24}"
)
# kind, detector, a cheaper hint, a check, whether context makes it one
LIBRARY: tuple[tuple[str, type[RegexBasedDetector], str, Check | None, bool], ...] = (
    ("aws_key", AWSKeyDetector, AWS, None, False),
    ("github_token", GitHubTokenDetector, "gh[oprsu]_", None, False),
    ("jwt", JwtTokenDetector, r"eyJ[A-Za-z0-9_=-]{9}", _is_token, False),
    ("slack_token", SlackDetector, "(?i:xox[a-z]-|hooks[.]slack[.]com)", None, False),
    ("stripe_key", StripeDetector, "[rs]k_live_", None, False),
    ("sendgrid_key", SendGridDetector, r"SG\.", None, False),
    ("npm_token", NpmDetector, "npm_|_authToken|NPM[ _-]?TOKEN", None, False),
    (
        "discord_token",
        DiscordBotTokenDetector,
        r"\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27}",
        is_whole,
        False,
    ),
    ("mailchimp_key", MailchimpDetector, "-us[0-9]", is_whole, False),
    ("twilio_key", TwilioKeyDetector, "(?:AC|SK)[a-z0-9]{12}", is_whole, False),
    ("square_secret", SquareOAuthDetector, "sq0csp-", None, False),
    ("azure_storage_key", AzureStorageKeyDetector, "[A-Za-z0-9+/]{9}==", _is_no_checksum, False),
    ("artifactory_key", ArtifactoryDetector, "AKC[a-zA-Z0-9]{10}", None, False),
    ("cloudant_key", CloudantDetector, NAMED, None, True),
    ("ibm_key", IbmCloudIamDetector, NAMED, None, True),
    ("ibm_secret", IbmCosHmacDetector, NAMED, None, True),
    ("softlayer_key", SoftlayerDetector, NAMED, None, True),
)
# GitHub's group is only the prefix; Artifactory's second takes any word near "build" for a key
WHOLE = {"github_token"}
FIRST_ONLY = {"artifactory_key"}
BARE = {"artifactory_key": r"\bAKC[a-zA-Z0-9]{10,}\b", "azure_storage_key": "[A-Za-z0-9+/]{86}=="}

SHAPES: tuple[tuple[str, str], ...] = (
    ("emend_key", r"em[kt]_[A-Za-z0-9_-]{43}"),
    ("github_token", r"gh[oprsu]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,}"),
    ("gitlab_token", r"gl(?:pat|ptt|dt|rt|cbt|ft|imt|agent|soat|ffct|oas)-[A-Za-z0-9_.-]{20,}"),
    ("anthropic_key", r"sk-ant-[A-Za-z0-9_-]{20,}"),
    ("google_key", r"AIza[A-Za-z0-9_-]{35}|GOCSPX-[A-Za-z0-9_-]{28}|ya29\.[A-Za-z0-9_-]{20,}"),
    ("slack_token", r"xox[abceoprs]-[A-Za-z0-9-]{10,}|xapp-[0-9]-[A-Za-z0-9-]{20,}"),
    ("stripe_key", r"[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/=]{24,}"),
    ("pypi_token", r"pypi-AgE[A-Za-z0-9_-]{50,}"),
    ("rubygems_key", r"rubygems_[a-f0-9]{48}"),
    ("crates_token", r"\bcio[A-Za-z0-9]{32}\b"),
    ("nuget_key", r"\boy2[a-z0-9]{43}\b"),
    ("docker_token", r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}"),
    ("huggingface_token", r"\bhf_[A-Za-z0-9]{30,60}"),
    ("replicate_token", r"\br8_[A-Za-z0-9]{37}"),
    ("groq_key", r"\bgsk_[A-Za-z0-9]{40,}"),
    ("xai_key", r"\bxai-[A-Za-z0-9]{60,}"),
    ("perplexity_key", r"\bpplx-[A-Za-z0-9]{40,80}"),
    ("digitalocean_token", r"do[opr]_v1_[a-f0-9]{64}"),
    ("shopify_token", r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    ("databricks_token", r"\bdapi[a-f0-9]{32}(?:-[0-9])?"),
    ("postman_key", r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
    ("newrelic_key", r"NR(?:AK|JS|II|BR)-[A-Za-z0-9_-]{19,40}"),
    ("linear_key", r"lin_(?:api|oauth)_[A-Za-z0-9]{32,80}"),
    ("notion_token", r"\bntn_[A-Za-z0-9]{40,60}|\bsecret_[A-Za-z0-9]{43}\b"),
    ("figma_token", r"fig[du]_[A-Za-z0-9_-]{40}"),
    ("vault_token", r"\bhv[sbr]\.[A-Za-z0-9_-]{24,}"),
    ("doppler_token", r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9_.-]{40,}"),
    ("grafana_token", r"glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}|\bglc_[A-Za-z0-9+/]{32,}={0,2}"),
    ("age_key", r"AGE-SECRET-KEY-1[0-9A-Z]{58}"),
    ("onepassword_token", r"\bops_eyJ[A-Za-z0-9+/=_-]{50,}"),
    ("atlassian_token", r"AT[AC]TT3[A-Za-z0-9_=-]{50,}"),
    ("telegram_token", r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}"),
    (
        "discord_webhook",
        r"https://(?:canary\.|ptb\.)?discord(?:app)?\.com/api/webhooks/[0-9]{17,20}/[A-Za-z0-9_-]{60,80}",
    ),
    ("mailgun_key", r"\bkey-[0-9a-f]{32}\b"),
    ("brevo_key", r"xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}"),
    ("square_token", r"sq0atp-[A-Za-z0-9_-]{22}|\bEAAA[A-Za-z0-9_-]{60}"),
    ("facebook_token", r"\bEAA[A-Za-z0-9]{90,}"),
    ("braintree_token", r"access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}"),
    ("sentry_token", r"sntrys_eyJ[A-Za-z0-9+/=_]{40,}|sntryu_[a-f0-9]{64}"),
    ("supabase_key", r"\bsbp_[a-f0-9]{40}|\bsb_secret_[A-Za-z0-9_-]{20,80}"),
    ("planetscale_token", r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.-]{32,80}"),
    ("netlify_token", r"\bnfp_[A-Za-z0-9]{36,60}"),
    ("fly_token", r"\bfm[12]_[A-Za-z0-9+/=_-]{100,}|\bfo1_[A-Za-z0-9_-]{43}"),
    ("heroku_key", r"\bHRKU-[A-Za-z0-9_-]{36,80}"),
)


def _shorter(expression: str) -> str:
    """The expression with its runs cut short: enough for a hint, and far fewer states."""
    return RUN.sub("{4,}", expression).replace(r"\b", "")


def _translated(expression: str) -> str:
    return AHEAD.sub(r"\\b", expression.replace(BEHIND, BEHIND_INSTEAD))


def _library() -> list[Rule]:
    rules = []
    for kind, detector, hint, check, is_contextual in LIBRARY:
        patterns = list(detector().denylist)
        for pattern in patterns[:1] if kind in FIRST_ONLY else patterns:
            expression = BARE.get(kind) or _translated(pattern.pattern)
            if pattern.flags & 2:  # re.IGNORECASE
                expression = f"(?i:{expression})"
            if kind in WHOLE:
                expression = expression.replace("(gh", "(?:gh")
            rules.append(Rule(kind, expression, hint, check, is_contextual))
    return rules


RULES: tuple[Rule, ...] = (
    *(Rule(kind, expression, _shorter(expression)) for kind, expression in SHAPES),
    Rule(
        "api_key",
        r"\bsk-(?:[a-z]{2,8}-)?[A-Za-z0-9_-]{20,}",
        "sk-[A-Za-z0-9_-]{9}",
        _has_digit_and_capital,
    ),
    Rule("dropbox_token", r"\bsl\.[A-Za-z0-9_-]{60,}", r"sl\.[A-Za-z0-9_-]{40}"),
    Rule("terraform_token", r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,80}", r"\.atlasv1\."),
    Rule("azure_client_secret", r"[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}", r"[78]Q~"),
    *_library(),
)
