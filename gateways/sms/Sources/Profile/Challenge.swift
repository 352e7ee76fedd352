import Foundation
import GatewayKit
import HTTP

/// A call by which a provider checks that an address is ours before it sends events there. The answer must be a JSON
/// object with a value of the call.
struct Challenge: Sendable {
    let condition: Condition
    /// The members of the answer.
    let members: [(name: String, value: Selector)]

    private static let longestValue = 1_024

    /// The answer; nil if the call is no challenge. Throws if a value is missing.
    func reply(to call: Received) throws(HookRefusal) -> WebhookReply? {
        var received = call
        received.json = try? JSONReader.read(call.body)
        guard condition.holds(received) else { return nil }
        var answer: [String: String] = [:]
        for member in members {
            guard let value = member.value.value(in: received), value.utf8.count <= Self.longestValue else {
                throw .malformed("a value of the challenge is missing or too long")
            }
            answer[member.name] = value
        }
        guard let body = try? JSONEncoder().encode(answer) else { throw .malformed("the challenge cannot be answered") }
        return WebhookReply(status: 200, contentType: "application/json", body: Array(body))
    }
}

extension Challenge {
    /// Reads `{when: condition, answer: {name: selector}}`, and finishes the reader.
    init?(reading reader: ConfigReader) {
        defer { reader.finish() }
        let condition = reader.condition("when")
        guard let answer = reader.map("answer") else {
            reader.report("answer", "required, but missing: {name: selector}")
            return nil
        }
        let members = answer.allEntries.compactMap { entry in
            answer.selector(entry.key).map { (name: entry.key, value: $0) }
        }
        answer.finish()
        guard let condition else { return nil }
        self.init(condition: condition, members: members)
    }
}
