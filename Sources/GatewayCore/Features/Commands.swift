import GatewayKit
import Registry
import XML
import XMPP

/// Ad-hoc commands (XEP-0050): what a client without registration forms needs. A command is one form or none, so
/// nothing has to be remembered between its steps.
enum Commands {
    static let routes = [
        QueryRoute(.set, "command", Command.namespace, targets: .gateway, answer: execute)
    ]

    private struct Definition {
        let node: String
        let name: String
        let run: @Sendable (Switchboard, Query, Command) throws(StanzaError) -> QueryOutcome
    }

    private static let definitions = [
        Definition(node: "register", name: "Register or change my settings", run: register),
        Definition(node: "unregister", name: "Unregister", run: unregister),
    ]

    static func items(_ core: Switchboard, _ query: Query, node: String) throws(StanzaError) -> QueryOutcome {
        guard node == Command.namespace, case .gateway = query.target else {
            throw StanzaError(.cancel, .itemNotFound, "There is nothing at this node.")
        }
        var items = DiscoItems(node: node)
        items.items = definitions.map { DiscoItems.Item(query.to, node: $0.node, name: $0.name) }
        return .result(items.element)
    }

    static func info(_ core: Switchboard, _ query: Query, node: String) throws(StanzaError) -> QueryOutcome {
        guard case .gateway = query.target, let definition = definitions.first(where: { $0.node == node }) else {
            throw StanzaError(.cancel, .itemNotFound, "There is nothing at this node.")
        }
        let identity = DiscoInfo.Identity("automation", "command-node", name: definition.name)
        var info = DiscoInfo(node: node, identities: [identity])
        info.features = [Command.namespace, DataForm.namespace]
        return .result(info.element)
    }

    private static func execute(_ core: Switchboard, _ query: Query) throws(StanzaError) -> QueryOutcome {
        guard let command = try? Command(query.payload) else {
            throw StanzaError(.modify, .badRequest, "This is not a command.")
        }
        guard let definition = definitions.first(where: { $0.node == command.node }) else {
            throw StanzaError(.cancel, .itemNotFound, "There is no command '\(command.node)'.")
        }
        if command.action == .cancel || command.form?.type == .cancel {
            return .result(Command(node: command.node, sessionID: command.sessionID, status: .canceled).element)
        }
        // Our commands have one stage (XEP-0050 §4.4: bad-action).
        guard command.action != .prev, command.action != .next else {
            throw StanzaError(.modify, .badRequest, "There is no stage before or after this one.")
        }
        return try definition.run(core, query, command)
    }

    private static func register(
        _ core: Switchboard, _ query: Query, _ command: Command
    ) throws(StanzaError) -> QueryOutcome {
        guard let form = command.form else {
            guard command.action != .complete else {
                throw StanzaError(.modify, .badRequest, "Fill in the form first.")
            }
            let saved = core.registrations.saved(UserID(query.from.bare.description), network: nil)
            var answer = Command(node: command.node, sessionID: core.world.newID(), status: .executing)
            answer.actions = Command.Actions([.complete], execute: .complete)
            answer.form = RegistrationForms.dataForm(core.description, saved: saved ?? [:])
            return .result(answer.element)
        }
        try RegistrationForms.save(
            core, values: try RegistrationForms.values(of: form, for: core.description), query: query)
        return .later
    }

    private static func unregister(
        _ core: Switchboard, _ query: Query, _ command: Command
    ) throws(StanzaError) -> QueryOutcome {
        try RegistrationForms.remove(core, query)
    }
}

extension Switchboard {
    /// Answers a registration in the form in which it was asked: as a query, or as the end of a command.
    func answer(registration iq: IQ, error: StanzaError?, done words: String) {
        if let error {
            count(.stanzaErrors)
            return send(iq.error(error))
        }
        guard let command = iq.request.flatMap({ try? Command($0) }) else { return send(iq.result()) }
        var answer = Command(
            node: command.node, sessionID: command.sessionID ?? world.newID(), status: .completed)
        answer.notes = [Command.Note(.info, words)]
        send(iq.result(answer.element))
    }
}
