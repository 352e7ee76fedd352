import GatewayKit
import Testing

@testable import IRCAdapter

struct ReactionRecordTests {
    private let message = MessageID("m")
    private let anna = CaseMapping.ascii.fold("anna")
    private let bob = CaseMapping.ascii.fold("bob")

    private func change(_ text: String, isAdded: Bool = true) throws -> ReactionRecord.Change {
        try #require(ReactionRecord.Change(text, isAdded: isAdded))
    }

    @Test("Reactions are kept for each sender and message, each once, in order")
    func sets() throws {
        var record = ReactionRecord()
        #expect(record.apply(try change("a"), to: message, by: anna) == ["a"])
        #expect(record.apply(try change("b"), to: message, by: anna) == ["a", "b"])
        #expect(record.apply(try change("a"), to: message, by: anna) == ["b", "a"])
        #expect(record.apply(try change("c"), to: message, by: bob) == ["c"])
        #expect(record.apply(try change("d"), to: MessageID("n"), by: anna) == ["d"])
        #expect(record.apply(try change("b", isAdded: false), to: message, by: anna) == ["a"])
        #expect(record.apply(try change("x", isAdded: false), to: message, by: anna) == ["a"])
        #expect(record.apply(try change("a", isAdded: false), to: message, by: anna) == [])
        #expect(record.apply(try change("e"), to: message, by: bob) == ["c", "e"])
    }

    @Test("A sender who changes the nick keeps the reactions, and replaces none of another sender")
    func rename() throws {
        var record = ReactionRecord()
        _ = record.apply(try change("a"), to: message, by: anna)
        record.rename(anna, to: bob)
        #expect(record.apply(try change("b"), to: message, by: bob) == ["a", "b"])
        #expect(record.apply(try change("c"), to: message, by: anna) == ["c"])
        record.rename(bob, to: anna)
        #expect(record.apply(try change("d"), to: message, by: anna) == ["c", "d"])
    }

    @Test("A text longer than any emoji is no reaction", arguments: ["", String(repeating: "x", count: 65)])
    func texts(_ text: String) { #expect(ReactionRecord.Change(text, isAdded: true) == nil) }

    @Test("The newest messages are kept, and the newest reactions of a sender")
    func bounds() throws {
        var record = ReactionRecord()
        for number in 0...ReactionRecord.limit {
            _ = record.apply(try change("a"), to: MessageID("\(number)"), by: anna)
        }
        #expect(record.apply(try change("b"), to: MessageID("1"), by: anna) == ["a", "b"])
        #expect(record.apply(try change("b"), to: MessageID("0"), by: anna) == ["b"])
        let all = try (0...ReactionRecord.reactionLimit).map {
            record.apply(try change("\($0)"), to: message, by: bob)
        }
        #expect(all.last?.count == ReactionRecord.reactionLimit && all.last?.first == "1")
    }

    @Test("The changes are the difference between the wanted and the present reactions; failed changes are undone")
    func differences() throws {
        var record = ReactionRecord()
        let first = try #require(record.changes(to: message, for: ["a", "b"]))
        #expect(first == [try change("a"), try change("b")])
        record.began(first, to: message, for: RequestID("r1"))
        let second = try #require(record.changes(to: message, for: ["b", "c"]))
        #expect(second == [try change("a", isAdded: false), try change("c")])
        record.began(second, to: message, for: RequestID("r2"))
        record.ended(RequestID("r1"), isDone: true)
        record.ended(RequestID("r2"), isDone: false)
        #expect(record.changes(to: message, for: ["a", "b"]) == [])
        #expect(
            record.changes(to: message, for: []) == [try change("b", isAdded: false), try change("a", isAdded: false)])
        #expect(record.changes(to: message, for: [String(repeating: "x", count: 65)]) == nil)
        #expect(record.changes(to: message, for: (0...ReactionRecord.reactionLimit).map { "\($0)" }) == nil)
    }
}
