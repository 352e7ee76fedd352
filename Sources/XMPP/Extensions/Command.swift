import XML

/// Ad-hoc commands (XEP-0050): one step of a command, in either direction.
package struct Command: Payload {
    package static let namespace = "http://jabber.org/protocol/commands"

    /// The wish of the requester; without one it is `execute`.
    package enum Action: String, Sendable, CaseIterable { case execute, cancel, prev, next, complete }

    /// The state of the execution.
    package enum Status: String, Sendable, CaseIterable { case executing, completed, canceled }

    /// The actions that are possible next.
    package struct Actions: Sendable, Equatable {
        /// `prev`, `next` and `complete`, in the order of the schema.
        package var allowed: [Action]
        /// The action that `execute` stands for.
        package var execute: Action?

        package init(_ allowed: [Action], execute: Action? = nil) {
            self.allowed = allowed
            self.execute = execute
        }
    }

    /// A message for the person.
    package struct Note: Sendable, Equatable {
        package enum Kind: String, Sendable, CaseIterable { case info, warn, error }

        package var type: Kind
        package var text: String

        package init(_ type: Kind, _ text: String) {
            self.type = type
            self.text = text
        }
    }

    package var node: String
    package var sessionID: String?
    package var action: Action?
    package var status: Status?
    package var actions: Actions?
    package var form: DataForm?
    package var notes: [Note]

    package init(
        node: String, sessionID: String? = nil, action: Action? = nil, status: Status? = nil, actions: Actions? = nil,
        form: DataForm? = nil, notes: [Note] = []
    ) {
        self.node = node
        self.sessionID = sessionID
        self.action = action
        self.status = status
        self.actions = actions
        self.form = form
        self.notes = notes
    }

    /// Reads a command. An unknown type of a note counts as info, the default of the schema.
    package init(_ element: Element) throws(PayloadError) {
        try element.expect("command", Self.namespace)
        self.init(
            node: try element.required("node"), sessionID: element[attribute: "sessionid"],
            action: try element.word("action", Action.self), status: try element.word("status", Status.self),
            form: try DataForm.find(in: element),
            notes: element.all("note", namespace: Self.namespace).map { note in
                Note(note[attribute: "type"].flatMap(Note.Kind.init(rawValue:)) ?? .info, note.text)
            })
        guard let actions = element.first("actions", namespace: Self.namespace) else { return }
        self.actions = Actions(
            actions.all(in: Self.namespace).compactMap { Action(rawValue: $0.name) },
            execute: try actions.word("execute", Action.self))
    }

    package var element: Element {
        var command = Element("command", namespace: Self.namespace)
            .with("node", node).with("sessionid", sessionID).with("action", action?.rawValue)
            .with("status", status?.rawValue)
        if let actions {
            var element = Element("actions", namespace: Self.namespace).with("execute", actions.execute?.rawValue)
            for action in actions.allowed { element.append(action.rawValue, text: "") }
            command.append(element)
        }
        if let form { command.append(form.element) }
        for note in notes {
            command.append(
                Element("note", namespace: Self.namespace, text: note.text).with("type", note.type.rawValue))
        }
        return command
    }
}

extension Element {
    fileprivate func all(in namespace: String) -> [Element] { elements.filter { $0.namespace == namespace } }
}
