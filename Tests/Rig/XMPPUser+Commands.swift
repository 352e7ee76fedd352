extension XMPPUser {
    /// Executes one step of an ad-hoc command (XEP-0050), and returns its answer.
    ///
    /// - Parameter fields: the submitted form; nil for none. A value with line breaks becomes several values.
    @discardableResult
    package func execute(
        _ node: String, at entity: String, session: String? = nil, action: String? = nil,
        _ fields: [String: String]? = nil
    ) async throws -> XMLNode {
        var attributes = "node='\(node.xmlEscaped)'"
        if let session { attributes += " sessionid='\(session.xmlEscaped)'" }
        if let action { attributes += " action='\(action)'" }
        var form = ""
        if let fields {
            form = fields.sorted { $0.key < $1.key }.map { name, values in
                let values = values.split(separator: "\n").map { "<value>\(String($0).xmlEscaped)</value>" }
                return "<field var='\(name)'>\(values.joined())</field>"
            }.joined()
            form = "<x xmlns='jabber:x:data' type='submit'>\(form)</x>"
        }
        return try await query(
            "set", to: entity,
            "<command xmlns='http://jabber.org/protocol/commands' \(attributes)>\(form)</command>")
    }

    /// Executes a command and submits the same fields at each stage, until it is finished. Returns the words of its
    /// notes and the values of its result.
    package func command(
        _ node: String, at entity: String, _ fields: [String: String] = [:]
    ) async throws -> (words: String, values: [String]) {
        var answer = try await execute(node, at: entity)
        for _ in 0..<5 {
            guard let command = answer.child("command") else { throw RigFailure("\(node) was refused: \(answer)") }
            let words = command.all("note").map(\.text).joined(separator: "\n")
            let form = command.child("x", "jabber:x:data")
            guard command["status"] == "executing" else {
                let items = form?.all("item").flatMap { $0.all("field") } ?? []
                let values = (items + (form?.all("field") ?? [])).flatMap { $0.all("value").map(\.text) }
                return (words, values)
            }
            let names = form?.all("field").compactMap { $0["var"] } ?? []
            answer = try await execute(
                node, at: entity, session: command["sessionid"], fields.filter { names.contains($0.key) })
        }
        throw RigFailure("\(node) does not end: \(answer)")
    }

    /// Writes a message to a gateway, and returns the text of its next message.
    package func ask(_ text: String, at entity: String) async throws -> String {
        try chat(text, to: entity)
        let answer = try await expect("the answer to “\(text)” from \(entity)") {
            $0.name == "message" && $0.type == "chat" && $0.from == entity && $0.body != nil
        }
        return answer.body ?? ""
    }
}
