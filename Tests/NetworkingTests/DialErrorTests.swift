import Basics
import Testing

@testable import Networking

@Suite("Words and meanings of failed connections")
struct DialErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let error: DialError
        let isTemporary: Bool
        /// What the operator and what the user reads.
        let operatorText: String
        let userText: String
        var testDescription: String { operatorText }
    }

    private static let endpoint = Endpoint(host: "irc.test", port: 6697)
    private static let resolvConf = "check the name servers in /etc/resolv.conf"
    private static let openFiles =
        "this process has reached its limit of open files: raise its limit (LimitNOFILE of the service, ulimit -n)"

    static let cases = [
        Case(
            error: .notResolvable(host: "irc.test", reason: "no address"), isTemporary: true,
            operatorText: "there is no host by the name irc.test (no address): check the spelling",
            userText: "There is no server by the name irc.test."),
        Case(
            error: .lookUpFailed(host: "irc.test", .serverFailed(reason: "SERVFAIL")), isTemporary: true,
            operatorText: "the name irc.test could not be looked up: the name servers failed (SERVFAIL): check those in"
                + " /etc/resolv.conf, and those of that domain",
            userText: "The name irc.test could not be looked up, because its name servers failed. Try again later."),
        Case(
            error: .refused(endpoint), isTemporary: true,
            operatorText: "irc.test:6697 refuses the connection: check that the server runs and listens on that port",
            userText: "The server irc.test:6697 does not accept connections at the moment."),
        Case(
            error: .unreachable(endpoint, reason: "no route"), isTemporary: true,
            operatorText: "irc.test:6697 cannot be reached (no route): check routes and firewalls",
            userText: "The server irc.test:6697 cannot be reached at the moment."),
        Case(
            error: .tooManyOpenFiles(endpoint), isTemporary: true,
            operatorText: "no connection with irc.test:6697: \(openFiles)",
            userText: "This gateway has too many connections at the moment. Try again later."),
        Case(
            error: .timedOut(endpoint, during: .resolving), isTemporary: true,
            operatorText: "the name irc.test could not be looked up in time: \(resolvConf)",
            userText: "The name irc.test could not be looked up in time. Try again later."),
        Case(
            error: .timedOut(endpoint, during: .handshake), isTemporary: true,
            operatorText:
                "no answer from irc.test:6697 in time, during the TLS handshake: check that this port speaks TLS",
            userText:
                "The server irc.test:6697 took the connection, but did not begin TLS. Perhaps this port does not speak TLS."
        ),
        Case(
            error: .addressNotAllowed(endpoint, address: "10.0.0.1", scope: .local), isTemporary: false,
            operatorText: "irc.test:6697 is at 10.0.0.1, a \(AddressPolicy.Scope.local.rawValue) address, and those are"
                + " not allowed here",
            userText: "Connections to irc.test are not allowed here."),
        Case(
            error: .tlsFailed(endpoint, .clearText), isTemporary: true,
            operatorText: "no TLS with irc.test:6697: the server answers in clear text on this port: check the port,"
                + " and that it is the one for TLS",
            userText: "No encrypted connection with irc.test:6697 was possible: the server answers in clear text on"
                + " this port."),
        Case(
            error: .tlsFailed(endpoint, .closed), isTemporary: true,
            operatorText: "no TLS with irc.test:6697: the server closed the connection during the handshake",
            userText: "No encrypted connection with irc.test:6697 was possible: the server closed the connection during"
                + " the handshake."),
        Case(
            error: .closed(endpoint), isTemporary: true,
            operatorText: "irc.test:6697 closed the connection before it was ready",
            userText: "The server irc.test:6697 closed the connection."),
        Case(
            error: .badSettings(reason: "the trust file cannot be read"), isTemporary: false,
            operatorText: "the trust file cannot be read",
            userText: "This gateway is not set up correctly for that server. Tell its operator."),
        Case(
            error: .certificateNotTrusted(
                endpoint, CertificateProblem(subject: "irc.test", kind: .expired(since: "2026-01-02"))),
            isTemporary: false,
            operatorText:
                "the certificate of irc.test:6697 is not trusted: the one for \"irc.test\" expired on 2026-01-02"
                + " (the server's operator has to renew it, or the clock here is wrong)",
            userText: "The certificate of irc.test:6697 expired on 2026-01-02, so it is not trusted."),
    ]

    @Test("each has its words for the operator, others for the user, and says whether it may pass", arguments: cases)
    func words(item: Case) {
        #expect("\(item.error)" == item.operatorText)
        #expect(item.error.userText == item.userText)
        #expect(item.error.isTemporary == item.isTemporary)
    }

    @Test(
        "what is wrong with a certificate, and what can be done about it",
        arguments: [
            (CertificateProblem.Kind.notYetValid(from: "2027-01-01"), "is not valid before 2027-01-01", "clock"),
            (.selfSigned, "is self-signed", "pin its key"),
            (.unknownIssuer("CA"), "has the unknown issuer \"CA\"", "issuer's file"),
            (.unknownIssuer(""), "has an unknown issuer", "issuer's file"),
            (.wrongName(expected: "a", certified: ["b", "c"]), "is not for a but for b, c", "use one of its names"),
            (.wrongName(expected: "a", certified: []), "is not for a but for no name", "use one of its names"),
            (.otherKey(sha256: "00ff"), "has another key than the pinned one, with SHA-256 00ff", "pin the new one"),
            (.unverified("odd"), "could not be verified: odd", "trusted certificates"),
        ])
    func certificates(kind: CertificateProblem.Kind, words: String, remedy: String) {
        let named = CertificateProblem(subject: "s", kind: kind)
        #expect(named.words == words)
        #expect(named.description.hasPrefix("the one for \"s\" \(words) ("))
        #expect(named.description.contains(remedy))
        #expect(CertificateProblem(subject: "", kind: kind).description.hasPrefix("it \(words) ("))
    }

    @Test(
        "the reason of a failed handshake is found among the error names of the library",
        arguments: [
            (["WRONG_VERSION_NUMBER"], TLSProblem.clearText), (["UNSUPPORTED_PROTOCOL"], .version),
            (["TLSV1_ALERT_PROTOCOL_VERSION"], .version), (["SSLV3_ALERT_HANDSHAKE_FAILURE"], .nothingInCommon),
            (["OTHER", "WRONG_CURVE"], .nothingInCommon), (["TLSV1_ALERT_UNRECOGNIZED_NAME"], .unknownName),
            (["SSLV3_ALERT_CERTIFICATE_UNKNOWN"], .clientCertificate),
            (["TLSV1_ALERT_INTERNAL_ERROR"], .alert("internal error")), (["EOF during handshake"], .closed),
            (["BAD_SIGNATURE", "X"], .other("BAD_SIGNATURE, X")), ([], .other("")),
        ])
    func handshakes(names: [String], problem: TLSProblem) {
        #expect(TLSProblem(names: names) == problem)
        let error = DialError.tlsFailed(DialErrorTests.endpoint, problem)
        // Only a peer that speaks clear text is a reason to look at the port.
        #expect(error.description.contains("check the port") == (problem == .clearText))
        #expect(error.userText.contains(problem.words))
    }

    @Test(
        "a pin is read in hexadecimal with or without colons, and in Base64",
        arguments: [
            (String(repeating: "ab", count: 32), true), (String(repeating: "AB", count: 32), true),
            (String(repeating: "ab:", count: 31) + "ab", true),
            ("q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=", true),
            ("sha256/q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=", true),
            ("sha256//q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=", true),
            ("SHA256/" + String(repeating: "ab", count: 32), true),
            (String(repeating: "ab", count: 31), false), (String(repeating: "ag", count: 32), false),
            ("q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6==", false), ("", false),
            (String(repeating: "é", count: 64), false),
        ])
    func pins(text: String, isPin: Bool) {
        #expect(KeyPin(text)?.hex == (isPin ? String(repeating: "ab", count: 32) : nil))
    }

    @Test(
        "a look-up that failed has words for both",
        arguments: [
            (LookUpProblem.timedOut, "no name server answered in time", "in time"),
            (.refused, "refuses to answer this machine", "at the moment"),
            (.noServer, "no name server runs", "at the moment"),
            (.cancelled, "nobody waits", "at the moment"), (.tooManyOpenFiles, openFiles, "too many connections"),
            (.tooMany, "too many names", "Too many names"),
        ])
    func lookUps(problem: LookUpProblem, operatorText: String, userText: String) {
        #expect("\(problem)".contains(operatorText))
        #expect(problem.userText("h.test").contains(userText))
    }

    @Test(
        "the longest name of a host, and one byte more",
        arguments: [(63, true), (64, false)])
    func labels(length: Int, isName: Bool) {
        #expect((HostName.defect(in: String(repeating: "a", count: length)) == nil) == isName)
        let label = String(repeating: "a", count: 63)
        let whole = "\(label).\(label).\(label)." + String(repeating: "a", count: length - 2)
        #expect(whole.utf8.count == (isName ? 253 : 254))
        #expect((HostName.defect(in: whole) == nil) == isName)
        #expect((HostName.defect(in: whole + ".") == nil) == isName, "a dot at the end does not count")
    }
}
