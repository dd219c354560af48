"""Our own rules for languages other than Python: each finds its fault and leaves what mends it."""

import pytest

from curation.categories import TOP
from curation.rules import analysers, hardening, tree_reader, trees
from curation.rules.evidence import Evidence
from curation.rules.families import category_of
from curation.rules.tree_reader import all_patterns, places
from lib.grammars import GRAMMARS

# rule: (grammar, code with the fault, code without)
CASES = {
    "security/sql-built": [
        ("javascript", 'q("SELECT a FROM t WHERE b=" + x)', 'q("SELECT a FROM t WHERE b=?", x)'),
        ("typescript", "q(`SELECT a FROM t WHERE b=${x}`)", "sql`SELECT a FROM t WHERE b=${x}`"),
        ("go", 'var q = "SELECT a FROM t WHERE b=" + x', 'var q = "Select: " + x'),
        ("go", 'var q = fmt.Sprintf("DELETE FROM t WHERE a=%s", x)', 'var q = f("DELETE FROM t")'),
        ("java", 'String q = "SELECT a " + "FROM t WHERE b=" + x;', 'String q = "SELECT " + "a";'),
        ("csharp", 'var q = $"SELECT a FROM t WHERE b={x}";', 'var q = "SELECT a FROM t";'),
        (
            "rust",
            'fn f() { format!("SELECT a FROM t WHERE b={}", x); }',
            'fn f() { format!("a"); }',
        ),
        ("ruby", 'q = "SELECT a FROM t WHERE b=#{x}"', "q = ['SELECT a FROM t WHERE b=?', x]"),
        ("php", '<?php $q = "SELECT a FROM t WHERE b=$x";', '<?php $q = "SELECT a FROM t";'),
        ("kotlin", 'val q = "SELECT a FROM t WHERE b=$x"', 'val q = "SELECT a FROM t"'),
        ("c", 'void f() { sprintf(q, "SELECT a FROM t WHERE b=%s", x); }', "void f() { b(q, x); }"),
        ("cpp", 'auto q = "SELECT a FROM t WHERE b=" + x;', 'auto q = "SELECT a FROM t";'),
    ],
    "security/shell-command": [
        ("javascript", "exec(`ls ${dir}`)", "execFile('ls', [dir])"),
        ("javascript", "exec(command)", "pattern.exec(text)"),
        ("go", 'var c = exec.Command("sh", "-c", x)', 'var c = exec.Command("ls", x)'),
        (
            *("java", 'class A { void f() { Runtime.getRuntime().exec("ls " + d); } }'),
            'class A { void f() { new ProcessBuilder("ls", d); } }',
        ),
        ("rust", 'fn f() { c.arg("-c").arg(x); }', 'fn f() { c.arg("-l").arg(x); }'),
        ("ruby", 'system("ls #{dir}")', "system('ls', dir)"),
        ("php", "<?php system($c);", "<?php system(escapeshellcmd($c));"),
        ("csharp", 'Process.Start("ls " + d);', 'Process.Start("ls", d);'),
        ("c", "void f() { system(c); }", 'void f() { system("ls"); }'),
    ],
    "security/text-run-as-code": [
        ("javascript", "eval(text)", "JSON.parse(text)"),
        ("tsx", "new Function(text)", "new Thing(text)"),
        ("php", "<?php eval($x);", "<?php json_decode($x);"),
        ("ruby", "eval(text)", "Integer(text)"),
        ("java", "class A { Object a = engine.eval(x); }", "class A { Object a = engine.f(x); }"),
    ],
    "security/weak-hash": [
        ("javascript", "crypto.createHash('md5')", "crypto.createHash('sha256')"),
        ("go", "var h = md5.Sum(x)", "var h = sha256.Sum256(x)"),
        (
            *("java", 'class A { Object h = MessageDigest.getInstance("SHA-1"); }'),
            'class A { Object h = MessageDigest.getInstance("SHA-256"); }',
        ),
        ("kotlin", 'val h = MessageDigest.getInstance("MD5")', "val h = digest(x)"),
        ("csharp", "var h = MD5.Create();", "var h = SHA256.Create();"),
        ("rust", "fn f() { md5::compute(x); }", "fn f() { sha::compute(x); }"),
        ("ruby", "Digest::MD5.hexdigest(x)", "Digest::SHA256.hexdigest(x)"),
        ("php", "<?php md5($x);", "<?php hash('sha256', $x);"),
        ("c", "void f() { MD5(a, n, h); }", "void f() { SHA256(a, n, h); }"),
    ],
    "security/weak-cipher": [
        ("javascript", "crypto.createCipheriv('des-cbc', k, i)", "c.createCipheriv('aes-256-gcm')"),
        ("go", "var c, e = des.NewCipher(k)", "var c, e = aes.NewCipher(k)"),
        (
            *("java", 'class A { Object c = Cipher.getInstance("AES/ECB/PKCS5Padding"); }'),
            'class A { Object c = Cipher.getInstance("AES/GCM/NoPadding"); }',
        ),
        ("csharp", "a.Mode = CipherMode.ECB;", "a.Mode = CipherMode.CBC;"),
        (
            "php",
            "<?php openssl_encrypt($x, 'des-cbc');",
            "<?php openssl_encrypt($x, 'aes-256-gcm');",
        ),
        ("ruby", "OpenSSL::Cipher.new('DES')", "OpenSSL::Cipher.new('aes-256-gcm')"),
        ("c", "void f() { EVP_aes_128_ecb(); }", "void f() { EVP_aes_128_gcm(); }"),
    ],
    "security/short-key": [
        ("javascript", "g('rsa', {modulusLength: 1024})", "g('rsa', {modulusLength: 2048})"),
        ("go", "var k, e = rsa.GenerateKey(r, 1024)", "var k, e = rsa.GenerateKey(r, 3072)"),
        ("java", "class A { Object k = g.initialize(1024); }", "class A { Object k = g.f(2048); }"),
        ("csharp", "var k = RSA.Create(1024);", "var k = RSA.Create(4096);"),
        ("ruby", "OpenSSL::PKey::RSA.new(1024)", "OpenSSL::PKey::RSA.new(2048)"),
        ("rust", "fn f() { Rsa::generate(1024); }", "fn f() { Rsa::generate(2048); }"),
        (
            "c",
            'void f() { run("openssl genrsa 1024"); }',
            'void f() { run("openssl genrsa 2048"); }',
        ),
    ],
    "security/guessable-secret": [
        ("javascript", "const token = Math.random()", "const jitter = Math.random()"),
        ("go", "func f() { token := rand.Intn(9) }", "func f() { dice := rand.Intn(9) }"),
        ("java", "class A { int salt = new Random().nextInt(); }", "class A { int n = f(); }"),
        ("csharp", "var otp = new Random().Next();", "var dice = new Random().Next();"),
        ("php", "<?php $token = rand();", "<?php $token = random_bytes(9);"),
        ("ruby", "token = rand(9)", "token = SecureRandom.hex"),
        ("c", "void f() { int salt = rand(); }", "void f() { int dice = rand(); }"),
    ],
    "security/fixed-secret": [
        ("javascript", "const iv = Buffer.from('0123456789abcdef')", "const iv = randomBytes(16)"),
        ("go", 'func f() { iv := []byte("0123456789abcdef") }', "func f() { iv := make(x, 16) }"),
        ("c", "void f() { memset(salt, 0, 32); }", "void f() { RAND_bytes(salt, 32); }"),
    ],
    "security/certificate-unchecked": [
        ("javascript", "f({rejectUnauthorized: false})", "f({rejectUnauthorized: true})"),
        ("go", "var c = tls.Config{InsecureSkipVerify: true}", "var c = tls.Config{}"),
        ("java", "class A { Object v = NoopHostnameVerifier.INSTANCE; }", "class A { }"),
        (
            *("csharp", "h.ServerCertificateCustomValidationCallback = (a, b, c, d) => true;"),
            "h.ServerCertificateCustomValidationCallback = Check;",
        ),
        ("rust", "fn f() { b.danger_accept_invalid_certs(true); }", "fn f() { b.build(); }"),
        ("ruby", "h.verify_mode = OpenSSL::SSL::VERIFY_NONE", "h.verify_mode = OpenSSL::SSL::PEER"),
        (
            *("php", "<?php curl_setopt($c, CURLOPT_SSL_VERIFYPEER, false);"),
            "<?php curl_setopt($c, CURLOPT_SSL_VERIFYPEER, true);",
        ),
        (
            *("c", "void f() { curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L); }"),
            "void f() { curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L); }",
        ),
    ],
    "security/html-built": [
        ("javascript", "e.innerHTML = name", "e.innerHTML = escapeHtml(name)"),
        ("tsx", "<p dangerouslySetInnerHTML={x} />", "<p>{x}</p>"),
        (
            *("go", 'var a, b = fmt.Fprintf(w, "<h1>%s</h1>", x)'),
            'var a, b = fmt.Fprintf(w, "<h1>%s</h1>", html.EscapeString(x))',
        ),
        ("php", "<?php echo $_GET['a'];", "<?php echo htmlspecialchars($_GET['a']);"),
        ("ruby", "text.html_safe", "h(text)"),
        ("csharp", "var h = Html.Raw(x);", "var h = Html.Encode(x);"),
    ],
    "security/unbounded-copy": [
        ("c", "void f() { strcpy(a, b); }", "void f() { snprintf(a, n, x, b); }"),
        ("cpp", 'void f() { scanf("%s", a); }', 'void f() { scanf("%9s", a); }'),
    ],
    "security/format-from-elsewhere": [
        ("c", "void f() { printf(x); }", 'void f() { printf("%s", x); }'),
    ],
    "security/size-multiplied": [
        ("c", "void f() { a = malloc(n * size); }", "void f() { a = calloc(n, size); }"),
    ],
    "security/object-from-bytes": [
        ("java", "class A { Object a = new ObjectInputStream(s); }", "class A { }"),
        ("php", "<?php unserialize($x);", "<?php json_decode($x);"),
        ("ruby", "Marshal.load(x)", "JSON.parse(x)"),
        ("csharp", "var f = new BinaryFormatter();", "var f = new Reader();"),
        ("javascript", "serialize.unserialize(x)", "JSON.parse(x)"),
    ],
    "security/xml-entities": [
        ("javascript", "parse(x, {noent: true})", "parse(x, {noent: false})"),
        ("c", "void f() { read(x, XML_PARSE_NOENT); }", "void f() { read(x, XML_PARSE_NONET); }"),
        ("csharp", "s.DtdProcessing = DtdProcessing.Parse;", "s.D = DtdProcessing.Prohibit;"),
    ],
    "security/token-unverified": [
        ("javascript", "jwt.decode(token)", "jwt.verify(token, key)"),
        ("go", "var t, e = p.ParseUnverified(x)", "var t, e = p.Parse(x)"),
        ("ruby", "JWT.decode(token, nil, false)", "JWT.decode(token, key, true)"),
    ],
    "security/open-permissions": [
        ("javascript", "fs.chmodSync(p, 0o777)", "fs.chmodSync(p, 0o600)"),
        ("go", "var e = os.Chmod(p, 0666)", "var e = os.Chmod(p, 0600)"),
        ("php", "<?php chmod($p, 0777);", "<?php chmod($p, 0755);"),
        ("ruby", "File.chmod(0o777, p)", "File.chmod(0o644, p)"),
        ("rust", "fn f() { P::from_mode(0o777); }", "fn f() { P::from_mode(0o600); }"),
        ("c", "void f() { chmod(p, 0777); }", "void f() { chmod(p, 0600); }"),
    ],
    "security/password-in-code": [
        ("javascript", "const password = 'hunter2hunter2'", "const password = process.env.PW"),
        ("go", 'func f() { apiKey := "k3y-0123456" }', "func f() { apiKey := os.Getenv(x) }"),
        (
            "java",
            'class A { String dbPassword = "hunter2hunter2"; }',
            "class A { String p = f(); }",
        ),
        ("csharp", 'var password = "hunter2hunter2";', 'var password = "";'),
        ("kotlin", 'val password = "hunter2hunter2"', 'val greeting = "hello-hello-hello"'),
        ("php", "<?php $password = 'hunter2hunter2';", "<?php $password = getenv('PW');"),
        ("ruby", "password = 'hunter2hunter2'", "password = 'Enter your password'"),
        ("c", 'void f() { char *password = "hunter2hunter2"; }', "void f() { char *p = g(); }"),
        ("rust", 'const API_KEY: &str = "k3y-0123456";', 'const NAME: &str = "k3y-0123456";'),
    ],
    "security/comparison-tells-time": [
        ("javascript", "if (signature === digest) f()", "if (timingSafeEqual(a, b)) f()"),
        ("go", "var a = signature == digest", "var a = hmac.Equal(x, y)"),
        ("ruby", "signature == digest", "name == other"),
        ("php", "<?php $signature === $digest;", "<?php hash_equals($a, $b);"),
    ],
    "logic/compared-with-itself": [
        ("javascript", "if (a.b === a.b) f()", "if (a.b === c.b) f()"),
        ("go", "var x = a == a", "var x = a == b"),
        ("java", "class A { boolean x = a < a; }", "class A { boolean x = a < b; }"),
        ("c", "void f() { if (a == a) g(); }", "void f() { if (a == b) g(); }"),
    ],
    "logic/never-equal": [
        ("javascript", "if (x === NaN) f()", "if (Number.isNaN(x)) f()"),
        ("java", "class A { boolean x = a == Double.NaN; }", "class A { boolean x = f(a); }"),
        ("csharp", "var x = a == double.NaN;", "var x = double.IsNaN(a);"),
    ],
    "logic/texts-by-identity": [
        ("java", 'class A { boolean x = a == "b"; }', 'class A { boolean x = "b".equals(a); }'),
        ("c", 'void f() { if (a == "b") g(); }', "void f() { if (a == 'b') g(); }"),
    ],
    "logic/assigned-in-condition": [
        ("javascript", "if (a = b) f()", "if (a == b) f()"),
        (
            "java",
            "class A { void f() { if (a = b) g(); } }",
            "class A { void f() { if (a) g(); } }",
        ),
        ("csharp", "if (a = b) f();", "if (a == b) f();"),
        ("php", "<?php if ($a = $b) f();", "<?php if ($a = next($b)) f();"),
        ("c", "void f() { if (a = 1) g(); }", "void f() { if (a == 1) g(); }"),
        ("cpp", "void f() { if (a = 1) g(); }", "void f() { if ((p = next())) g(); }"),
    ],
    "logic/error-swallowed": [
        ("javascript", "try { f() } catch (e) {}", "try { f() } catch (e) { report(e) }"),
        ("java", "class A { void f() { try { g(); } catch (E e) { } } }", "class A { }"),
        ("csharp", "try { F(); } catch (E e) { }", "try { F(); } catch (E e) { Log(e); }"),
        ("php", "<?php try { f(); } catch (E $e) { }", "<?php try { f(); } catch (E $e) { g(); }"),
        ("cpp", "void f() { try { g(); } catch (...) { } }", "void f() { g(); }"),
        ("kotlin", "fun f() { try { g() } catch (e: E) { } }", "fun f() { g() }"),
        ("ruby", "begin\n  f\nrescue E\nend", "begin\n  f\nrescue E => e\n  report(e)\nend"),
        ("go", "func f() { if err != nil { } }", "func f() { if err != nil { return } }"),
    ],
    "logic/error-ignored": [
        ("go", "func f() { x, _ := g() }", "func f() { x, err := g() }"),
        ("rust", "fn f() { g().unwrap(); }", "fn f() { g()?; }"),
        ("c", "void f() { chdir(p); }", "void f() { if (chdir(p)) g(); }"),
    ],
    "logic/promise-dropped": [
        ("javascript", "xs.forEach(async x => { await f(x) })", "xs.forEach(x => { f(x) })"),
    ],
    "logic/one-too-far": [
        ("javascript", "for (let i = 0; i <= a.length; i++) f()", "for (; i < a.length;) f()"),
        (
            *("java", "class A { void f() { for (int i = 0; i <= a.length; i++) g(); } }"),
            "class A { void f() { for (int i = 1; i <= a.length; i++) g(); } }",
        ),
        (
            "csharp",
            "for (int i = 0; i <= a.Count; i++) F();",
            "for (int i = 0; i < a.Count; i++) F();",
        ),
        (
            "go",
            "func f() { for i := 0; i <= len(a); i++ { } }",
            "func f() { for i := range a { } }",
        ),
        ("rust", "fn f() { for i in 0..=a.len() { } }", "fn f() { for i in 0..a.len() { } }"),
        ("php", "<?php for (; $i <= count($a);) f();", "<?php for (; $i < count($a);) f();"),
        ("c", "void f() { for (; i <= strlen(a);) g(); }", "void f() { for (; i < n;) g(); }"),
    ],
    "performance/text-grows-in-loop": [
        (
            *("java", 'class A { void f() { for (;;) { s += "a"; } } }'),
            'class A { void f() { for (;;) { g(() -> { s += "a"; }); } } }',
        ),
        ("csharp", 'while (a) { s += "b"; }', 's += "b";'),
        ("go", 'func f() { for { s += "a" } }', "func f() { for { n += 1 } }"),
        ("ruby", "xs.each do |x|\n  s += 'a'\nend", "xs.each do |x|\n  s << 'a'\nend"),
        ("kotlin", 'fun f() { while (a) { s += "b" } }', 'fun f() { s += "b" }'),
    ],
    "performance/compiled-in-loop": [
        ("javascript", "for (const x of y) { new RegExp(x) }", "new RegExp(x)"),
        ("java", "class A { void f() { for (;;) { Pattern.compile(x); } } }", "class A { }"),
        ("go", "func f() { for { regexp.MustCompile(x) } }", "func f() { regexp.MustCompile(x) }"),
        ("rust", "fn f() { loop { Regex::new(x); } }", "fn f() { Regex::new(x); }"),
        ("csharp", "while (a) { var r = new Regex(x); }", "var r = new Regex(x);"),
        ("ruby", "xs.each do |x|\n  Regexp.new(x)\nend", "Regexp.new(x)"),
    ],
    "performance/waits-in-loop": [
        ("javascript", "for (const x of y) { await f(x) }", "await Promise.all(y.map(x => f(x)))"),
    ],
    "performance/searched-in-loop": [
        ("javascript", "xs.filter(x => ys.includes(x))", "xs.filter(x => known.has(x))"),
        ("ruby", "xs.select { |x| ys.include?(x) }", "xs & ys"),
    ],
    "performance/two-passes": [
        ("javascript", "xs.filter(f)[0]", "xs.find(f)"),
        ("ruby", "xs.select { |x| x.a }.first", "xs.find { |x| x.a }"),
        (
            "java",
            "class A { Object a = s.sorted().findFirst(); }",
            "class A { Object a = s.min(c); }",
        ),
        ("csharp", "var a = xs.Where(f).First();", "var a = xs.First(f);"),
        ("rust", "fn f() { xs.iter().filter(g).next(); }", "fn f() { xs.iter().find(g); }"),
    ],
    "style/left-from-debugging": [
        ("javascript", "debugger;", "console.error(e)"),
        ("rust", "fn f() { dbg!(x); }", "fn f() { println!(x); }"),
        ("php", "<?php var_dump($x);", "<?php f($x);"),
        ("ruby", "binding.pry", "binding.local_variables"),
    ],
    "style/outdated": [
        ("javascript", "var a = 1", "const a = 1"),
        ("typescript", "let a: any = 1", "let a: number = 1"),
        ("java", "class A { Object a = new Integer(1); }", "class A { Object a = new Thing(1); }"),
        ("php", "<?php $a = array(1);", "<?php $a = [1];"),
        ("cpp", "void f() { p = NULL; }", "void f() { p = nullptr; }"),
    ],
    "style/roundabout-truth": [
        ("javascript", "if (a === true) f()", "if (a) f()"),
        ("java", "class A { boolean a = b ? true : false; }", "class A { boolean a = b; }"),
        ("csharp", "var a = b ? true : false;", "var a = b;"),
        ("rust", "fn f() { if a == true { } }", "fn f() { if a { } }"),
        ("go", "var a = b == true", "var a = b"),
        ("ruby", "a == true", "a == b"),
        ("php", "<?php $a = $b ? true : false;", "<?php $a = (bool) $b;"),
    ],
}
ALL = [(rule, *case) for rule, cases in CASES.items() for case in cases]


def rules_in(text, grammar):
    return {rule for rule, *_ in places(text, grammar)}


@pytest.mark.parametrize(("rule", "grammar", "bad", "good"), ALL)
def test_a_rule_finds_the_fault_and_not_what_mends_it(rule, grammar, bad, good):
    assert rule in rules_in(bad, grammar)
    assert rule not in rules_in(good, grammar)


def test_no_rule_goes_untried():
    assert {each.rule for each in all_patterns()} == set(CASES)


def test_every_language_that_has_rules_has_one_that_is_tried():
    with_rules = {name for name in GRAMMARS if any(each.query(name) for each in all_patterns())}
    assert with_rules == {grammar for _, grammar, *_ in ALL}


@pytest.mark.parametrize("grammar", sorted(GRAMMARS))
def test_every_query_is_one_of_its_grammar(grammar):
    assert places("", grammar) == []


def test_a_rule_is_named_after_the_category_it_votes():
    assert {category_of(trees.TOOL, each.rule) for each in all_patterns()} <= set(TOP)
    assert category_of(trees.TOOL, "nonsense/there-is-none") == "other"


# ---- from places to a vote


def found(output, ideal, language):
    evidence = Evidence(language, "", output, ideal)
    return analysers.findings({3: evidence}).get(3)


def test_what_the_correction_mends_votes_and_says_where():
    output, ideal = "// ä\nconst h = createHash('md5')", "// ä\nconst h = createHash('sha256')"
    (finding,) = found(output, ideal, "JavaScript")
    assert (finding.tool, finding.state, finding.line, finding.column) == ("emend", "fixed", 2, 10)
    evidence = Evidence("JavaScript", "", output, ideal, findings=(finding,))
    opinion = analysers.opinion(evidence)
    assert opinion.category == "security"
    assert opinion.reason == "Fixed: MD5 or SHA-1 is used (emend security/weak-hash)."
    assert hardening.opinion(evidence).category is None  # one fault, one vote


def test_what_was_left_or_brought_in_is_no_vote():
    bad = "const h = createHash('md5')"
    assert [each.state for each in found(bad, f"{bad};", "js")] == ["unchanged"]
    assert [each.state for each in found("", bad, "js")] == ["introduced"]
    told = analysers.opinion(Evidence("js", "", bad, bad, findings=()))
    assert (told.category, "rules for its language" in told.reason) == (None, True)


@pytest.mark.parametrize("language", ["cobol", "", "sql"])
def test_a_language_without_rules_is_not_read(language):
    assert found("a", "b", language) is None


def test_a_text_that_is_too_long_is_not_read(monkeypatch):
    monkeypatch.setattr(trees, "LIMIT", 10)
    assert found("strcpy(a, b);", "a", "c") is None


# ---- texts that were made to do harm


def test_a_text_that_keeps_the_parser_busy_leaves_its_neighbours_their_remarks():
    bad = ("c", "void f() { strcpy(a, b); }")
    said = trees.remarks([bad, ("c", "x=>" * 7_000), bad])
    assert said[1] is None
    assert [len(each) for each in (said[0], said[2])] == [1, 1]


def test_a_parser_that_crashes_takes_no_worker_with_it(monkeypatch):
    crash = "import os; from curation.rules import tree_reader as t;"
    crash += "read = t.places;"
    crash += "t.places = lambda text, g: os.abort() if text == 'boom' else read(text, g);"
    before, after = trees.PROGRAM.split("from curation")
    monkeypatch.setattr(trees, "PROGRAM", f"{before}{crash}from curation{after}")
    bad = ("c", "void f() { strcpy(a, b); }")
    said = trees.remarks([("c", "boom"), bad, ("c", "boom"), ("c", "boom"), bad])
    assert [each and len(each) for each in said] == [None, 1, None, None, 1]


def test_when_the_time_is_over_the_rest_is_not_read():
    assert trees.remarks([("c", "a"), ("c", "b")], seconds=0) == [None, None]


def test_no_more_than_so_many_remarks_are_kept():
    assert len(places("strcpy(a, b);\n" * 500, "c")) == tree_reader.KEPT


def test_half_a_character_stops_nobody():
    assert trees.remarks([("javascript", "eval(a) // \ud800")])[0][0].rule.startswith("security/")
