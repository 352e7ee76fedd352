import Foundation
import Testing
import XMPP

@testable import GatewayCore

extension Scene {
    /// Executes one step of an ad-hoc command, and returns its answer.
    func execute(
        _ node: String, by client: String = "anna@home.test/a", at place: String = "gw.test", session: String? = nil,
        action: String? = nil, _ fields: [String: [String]]? = nil
    ) throws -> IQ {
        forgetSent()
        var command = Command(node: node, sessionID: session, action: action.flatMap(Command.Action.init(rawValue:)))
        if let fields {
            command.form = DataForm(
                .submit, fields: fields.sorted { $0.key < $1.key }.map { DataForm.Field($0, values: $1) })
        }
        let iq = IQ(
            StanzaHead(to: try JID(place), from: try JID(client), id: "c"), type: .set, payload: [command.element])
        post(.stanza(.iq(iq)))
        let answers = iqs.filter { $0.head.id == "c" }
        try #require(answers.count == 1, "a step has one answer")
        return answers[0]
    }

    /// Executes a command in all its steps, and returns its last answer. Each step gets the fields of its form.
    func command(
        _ node: String, by client: String = "anna@home.test/a", at place: String = "gw.test",
        _ fields: [String: [String]] = [:]
    ) throws -> Command {
        var answer = try Command(try #require(try execute(node, by: client, at: place).payload.first))
        while answer.status == .executing, let form = answer.form {
            let names = form.fields.compactMap(\.name)
            let own = fields.filter { names.contains($0.key) }
            let next = try execute(node, by: client, at: place, session: answer.sessionID, own)
            answer = try Command(try #require(next.payload.first))
            if answer.notes.contains(where: { $0.type == .error }) { break }
        }
        return answer
    }

    /// Writes a chat message to the gateway, and returns the texts of the messages to the client.
    func chat(_ text: String, from client: String = "anna@home.test/a", to place: String = "gw.test") throws -> [String]
    {
        forgetSent()
        let head = StanzaHead(to: try JID(place), from: try JID(client), id: newMessageID())
        post(.stanza(.message(Message(head, type: .chat, body: text))))
        return messages.filter { $0.head.to?.description == client }.compactMap(\.body)
    }
}

extension Command {
    /// The lines of the notes.
    var words: [String] { notes.flatMap { $0.text.components(separatedBy: "\n") } }
    /// The rows of the result, each with its values in the order of the columns.
    var rows: [[String]] {
        (form?.items ?? []).map { row in row.map { $0.values.first ?? "" } }
    }
}
