import GatewayKit
import GatewayTesting
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

/// Answers of commands that are too long for one stanza.
@Suite("Long answers of commands")
struct LongAnswerTests {
    /// Every stanza of an answer is shorter than this.
    private static let longest = 60_000

    private func scene(contacts: Int) throws -> Scene {
        let contacts = (0..<contacts).map {
            ContactRecord(gateway: "gw.test", user: UserID("anna@home.test"), localpart: "+1777\(1_000_000 + $0)")
        }
        let snapshot = GatewaySnapshot(accounts: [StoredDeliveryTests.account])
        return try Scene(StoredRules(), snapshot: snapshot, contacts: contacts)
    }

    private func fill(_ scene: Scene, messages: Int) {
        let account = AccountID(user: UserID("anna@home.test"), network: StoredRules.network)
        for number in 0..<messages {
            let id = RequestID("r\(number)")
            scene.store.ledger[id] = OutboundEntry(
                id: id, gateway: "gw.test", account: account, localpart: "+15550199", text: "",
                sender: "anna@home.test", recipient: "+15550199@gw.test", originID: nil, wantsReceipt: false,
                state: .delivered, createdAt: scene.now, updatedAt: scene.now)
        }
    }

    /// All pages of a command, each shorter than a server's limit.
    private func pages(_ scene: Scene, _ node: String) throws -> [Command] {
        var answer = try scene.execute(node)
        var pages = [try Command(try #require(answer.payload.first))]
        while pages[pages.count - 1].status == .executing, pages.count < 100 {
            answer = try scene.execute(node, session: pages[0].sessionID, action: "next")
            #expect(answer.element.xml(defaultNamespace: Stanza.namespace).utf8.count < Self.longest)
            pages.append(try Command(try #require(answer.payload.first)))
        }
        return pages
    }

    @Test("a long list comes as steps of the form, each of which a server takes")
    func form() throws {
        let scene = try scene(contacts: 3_000)
        let pages = try pages(scene, "contacts")
        #expect(pages.count > 3 && pages.flatMap(\.rows).count == 3_000)
        #expect(Set(pages.flatMap(\.rows).map(\.first)).count == 3_000)
        #expect(pages[0].words == ["3000 contacts:", "Page 1 of \(pages.count)."])
        #expect(pages[0].actions == Command.Actions([.next, .complete], execute: .next))
        #expect(pages[1].actions == Command.Actions([.prev, .next, .complete], execute: .next))
        #expect(pages.last?.status == .completed && pages.last?.actions == nil)
    }

    @Test("a client goes back, ends early, and cannot go before the first page or on after the end")
    func actions() throws {
        let scene = try scene(contacts: 3_000)
        let first = try Command(try scene.execute("contacts").payload[0])
        let id = first.sessionID
        #expect(try scene.execute("contacts", session: id, action: "prev").stanzaError?.condition == .badRequest)
        _ = try scene.execute("contacts", session: id, action: "next")
        let back = try Command(try scene.execute("contacts", session: id, action: "prev").payload[0])
        #expect(back.rows == first.rows)
        // Gajim sends the form back with the next step.
        let second = try Command(try scene.execute("contacts", session: id, action: "next", [:]).payload[0])
        #expect(second.words == ["Page 2 of \(first.words[1].split(separator: " ")[3])"])
        #expect(try scene.execute("contacts", by: "ben@home.test/b", session: id).stanzaError?.condition == .badRequest)
        let done = try Command(try scene.execute("contacts", session: id, action: "complete").payload[0])
        #expect(done.status == .completed && done.form == nil)
        #expect(try scene.execute("contacts", session: id, action: "next").stanzaError?.condition == .badRequest)
    }

    @Test("a client that sends the rows of a page back with the next step, as Gajim does, gets the next page")
    func rowsComeBack() throws {
        let scene = try scene(contacts: 3_000)
        let first = try Command(try scene.execute("contacts").payload[0])
        var step = Command(node: "contacts", sessionID: first.sessionID, action: .next)
        step.form = first.form
        step.form?.type = .submit
        scene.forgetSent()
        let head = StanzaHead(to: try JID("gw.test"), from: try JID("anna@home.test/a"), id: "c")
        scene.post(.stanza(.iq(IQ(head, type: .set, payload: [step.element]))))
        let second = try Command(try #require(scene.iqs.first?.payload.first))
        #expect(second.words.first?.hasPrefix("Page 2 of ") == true && second.rows != first.rows)
    }

    @Test("in a chat, 'more' shows the next page until there is none")
    func chat() throws {
        let scene = try scene(contacts: 250)
        var bodies = try scene.chat("contacts")
        #expect(bodies.count == 1 && bodies[0].hasSuffix("\nPage 1 of 3. Send 'more' for the next page."))
        for _ in 0..<2 { bodies += try scene.chat("More") }
        #expect(bodies.joined(separator: "\n").split(separator: "\n").count { $0.hasPrefix("+1777") } == 250)
        #expect(bodies.last?.contains("more") == false)
        #expect(try scene.chat("more") == ["There is nothing more to show."])
    }

    @Test("a name with line breaks does not look like a line of the gateway")
    func forgedLine() {
        let table = CommandResult.Table(
            columns: [("a", "A"), ("b", "B")], rows: [["bank\nops says: send money", "x\u{2028}y\u{85}z"]])
        #expect(CommandResult(["Here:"], table: table).bodies == ["Here:\nbank ops says: send money, x y z"])
    }

    @Test("an export comes in parts that make the document again, in forms and in a chat")
    func export() throws {
        let scene = try scene(contacts: 0)
        fill(scene, messages: 10_000)
        let pages = try pages(scene, "export")
        #expect(pages[0].words[1].hasPrefix("It has your newest 10000 messages."))
        let document = pages.flatMap { $0.form?.values("document") ?? [] }.joined(separator: "\n")
        let bodies = try scene.chat("export")
        #expect(bodies.count > 10 && bodies.allSatisfy { $0.utf8.count < Self.longest })
        #expect(bodies.dropFirst().joined(separator: "\n") == document)
        #expect(document.hasPrefix("{\n") && document.hasSuffix("\n}"))
    }

    @Test("the pages of all users are bounded, and those that were kept first are dropped")
    func bounded() throws {
        let scene = try scene(contacts: 3_000)
        let first = try Command(try scene.execute("contacts").payload[0])
        var budget = HeldPageBudget()
        let client = try JID("anna@home.test/a")
        let long = CommandResult(["Here:"], document: String(repeating: "x\n", count: HeldPageBudget.mostBytes / 4 + 1))
        let held = (0..<3).map { _ in
            HeldPages(long, client, client, session: "s", end: scene.now.advanced(by: .seconds(1)))
        }
        for pages in held { budget.add(pages, now: scene.now) }
        #expect(held.map(\.hasMore) == [false, false, true] && held.allSatisfy { !$0.page.lines.isEmpty })
        for number in 0..<CommandSessions.mostPages {
            _ = try scene.execute("contacts", by: "anna@home.test/\(number)x")
        }
        #expect(try scene.execute("contacts", session: first.sessionID).stanzaError?.condition == .badRequest)
    }

    @Test("pages are forgotten with the user's data")
    func forgotten() throws {
        let scene = try scene(contacts: 250)
        _ = try scene.chat("contacts")
        _ = try scene.command("delete-data", ["confirm": ["1"]])
        #expect(try scene.chat("more") == ["There is nothing more to show."])
    }
}
