import Basics
import Synchronization
import Testing

@testable import martlet

@Suite("The questions of a first configuration")
struct InitInterviewTests {
    /// Answers the questions with these texts in their order, and records what is shown.
    private final class Typist: InitTerminal {
        private let answers: Mutex<[String]>
        private let shown = Mutex<[String]>([])

        init(_ answers: [String]) { self.answers = Mutex(answers) }

        var lines: [String] { shown.withLock { $0 } }
        var isDone: Bool { answers.withLock { $0.isEmpty } }

        func ask(_ question: String, isSecret: Bool) -> String? {
            shown.withLock { $0.append(isSecret ? "(hidden) \(question)" : question) }
            return answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        }

        func say(_ text: String) { shown.withLock { $0.append(text) } }
    }

    private func fault(_ draft: InitDraft) -> String {
        do {
            _ = try InitFixture.interview().answers(draft)
            return ""
        } catch { return "\(error)" }
    }

    @Test("Enter at every question but the first gives the default answers")
    func enter() throws {
        let typist = Typist(["example.org", "", "", "", "", "", "", ""])
        let asked = try InitFixture.interview(typist).answers(InitDraft())
        #expect(typist.isDone)
        #expect(asked == (try InitFixture.interview().answers(InitDraft(domain: "example.org"))))
    }

    @Test("A wrong answer is explained and asked for again")
    func again() throws {
        let typist = Typist([
            "", "alice@example.org", "192.0.2.1", "Example.org", "example.org", "apache", "ejabberd", "5347",
            "xmpp.example.org:5400", "example.org", "irc.example.org", "freenode", "oftc", "-", "loopback.example.org",
            "root", "ops@example.org",
        ])
        let answers = try InitFixture.interview(typist).answers(InitDraft())
        #expect(typist.isDone)
        let words = [
            "An answer is needed", "a domain alone is expected", "is an address of a machine", "write example.org",
            "not one of prosody, ejabberd, openfire", "is not HOST:PORT", "is taken", "known are libera, oftc",
            "is not a bare JID",
        ]
        for word in words { #expect(typist.lines.contains { $0.contains(word) }, "\(word): \(typist.lines)") }
        #expect(answers.gateways.map(\.domain) == ["irc.example.org", "loopback.example.org"])
        #expect(answers.server(of: 1) == Endpoint(host: "xmpp.example.org", port: 5401))
        #expect(answers.admin == "ops@example.org")
    }

    @Test("Secrets of a provider are asked for without showing them, and a token is made by Enter")
    func secrets() throws {
        let typist = Typist(["", "", "kannel", "", "+15550100", "martlet", "pass", "", ""])
        let draft = InitDraft(domain: "example.org", sms: "sms.example.org")
        let answers = try InitFixture.interview(typist).answers(draft)
        guard case .sms(let provider)? = answers.gateways.first?.network else {
            Issue.record("no gateway to SMS")
            return
        }
        #expect(provider.settings.map(\.value) == ["martlet", "pass", "made"])
        #expect(typist.lines.filter { $0.hasPrefix("(hidden)") }.count == 2)
    }

    @Test("If the input ends, nothing is guessed")
    func endOfInput() {
        #expect(throws: AnswerFault("the input has ended before the last question")) {
            try InitFixture.interview(Typist(["example.org"])).answers(InitDraft())
        }
    }

    @Test("A wrong or missing option is named, with what is right")
    func options() {
        #expect(fault(InitDraft()).hasPrefix("--domain is missing"))
        #expect(fault(InitDraft(domain: "a b")).hasPrefix("--domain: 'a b' is not a domain name"))
        #expect(fault(InitDraft(domain: "example.org", server: "localhost")).contains("such as 127.0.0.1:5347"))
        #expect(fault(InitDraft(domain: "example.org", irc: "example.org")).hasPrefix("--irc: 'example.org' is taken"))
        #expect(fault(InitDraft(domain: "example.org", folder: "/etc/mart let")).contains("use letters, digits"))
        #expect(fault(InitDraft(domain: "example.org", folder: "/etc/../x")).contains("cannot be the folder"))
        var sms = InitFixture.sms
        sms.provider = "kanel"
        #expect(fault(sms).contains("there is no provider 'kanel'; known are") && fault(sms).contains("kannel"))
        sms = InitFixture.sms
        sms.settings = ["username=martlet"]
        #expect(fault(sms).hasPrefix("--setting password= is missing"))
        sms.settings = ["user=martlet"]
        #expect(fault(sms).contains("has no setting 'user'; known are"))
        sms = InitFixture.sms
        sms.numbers = "555"
        #expect(fault(sms).contains("+15550100=alice@example.org"))
        sms = InitFixture.sms
        sms.publicURL = "gw.example.org"
        #expect(fault(sms).contains("such as https://gw.example.org"))
    }

    @Test("Without options the only gateway is one to IRC; with one, only those that are named")
    func gateways() throws {
        func kinds(_ draft: InitDraft) throws -> [String] {
            try InitFixture.interview().answers(draft).gateways.map(\.adapter)
        }
        #expect(try kinds(InitDraft(domain: "example.org")) == ["irc"])
        #expect(try kinds(InitDraft(domain: "example.org", hasLoopback: true)) == ["loopback"])
        #expect(try kinds(InitFixture.sms) == ["sms"])
    }
}
