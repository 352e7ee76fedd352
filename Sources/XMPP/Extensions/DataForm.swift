import XML

/// Data forms (XEP-0004).
package struct DataForm: Payload {
    package static let namespace = "jabber:x:data"

    /// The type of a form (XEP-0004 §3.1).
    package enum Kind: String, Sendable { case form, submit, cancel, result }

    package var type: Kind
    package var title: String?
    /// Paragraphs for the person who fills the form in.
    package var instructions: [String]
    package var fields: [Field]
    /// The columns of a result with several items (XEP-0004 §3.4).
    package var reported: [Field]
    /// The rows of such a result.
    package var items: [[Field]]

    package init(
        _ type: Kind, title: String? = nil, instructions: [String] = [], fields: [Field] = [], reported: [Field] = [],
        items: [[Field]] = []
    ) {
        self.type = type
        self.title = title
        self.instructions = instructions
        self.fields = fields
        self.reported = reported
        self.items = items
    }

    /// One field (XEP-0004 §3.2).
    package struct Field: Sendable, Equatable {
        /// The type of a field (XEP-0004 §3.3).
        package enum Kind: String, Sendable, CaseIterable {
            case boolean, fixed, hidden
            case jidMulti = "jid-multi"
            case jidSingle = "jid-single"
            case listMulti = "list-multi"
            case listSingle = "list-single"
            case textMulti = "text-multi"
            case textPrivate = "text-private"
            case textSingle = "text-single"
        }

        /// The attribute `var`; only a fixed field may have none.
        package var name: String?
        /// The type; nil if the form leaves it out, as a submission may.
        package var type: Kind?
        package var label: String?
        /// A longer explanation (`<desc/>`).
        package var explanation: String?
        package var isRequired: Bool
        package var values: [String]
        package var options: [Option]

        package init(
            _ name: String?, _ type: Kind? = nil, label: String? = nil, explanation: String? = nil,
            isRequired: Bool = false, values: [String] = [], options: [Option] = []
        ) {
            self.name = name
            self.type = type
            self.label = label
            self.explanation = explanation
            self.isRequired = isRequired
            self.values = values
            self.options = options
        }
    }

    /// One choice of a list.
    package struct Option: Sendable, Equatable {
        package var label: String?
        package var value: String

        package init(_ value: String, label: String? = nil) {
            self.value = value
            self.label = label
        }
    }
}

extension DataForm {
    /// The first field of that name.
    package subscript(name: String) -> Field? { fields.first { $0.name == name } }

    /// The first value of a field; nil if there is no such field, or it has no value.
    package func value(_ name: String) -> String? { self[name]?.values.first }

    /// All values of a field.
    package func values(_ name: String) -> [String] { self[name]?.values ?? [] }

    /// The value of a boolean field; nil if there is no such field, or its value is not a boolean.
    package func flag(_ name: String) -> Bool? {
        switch value(name) {
        case "1", "true": true
        case "0", "false": false
        default: nil
        }
    }

    /// The purpose of the form (XEP-0068).
    package var formType: String? { value("FORM_TYPE") }

    /// The hidden field with the purpose of a form.
    package static func formType(_ type: String) -> Field { Field("FORM_TYPE", .hidden, values: [type]) }

    /// The form among the children of an element; nil if there is none.
    package static func find(in element: Element) throws(PayloadError) -> DataForm? {
        guard let form = element.first("x", namespace: namespace) else { return nil }
        return try DataForm(form)
    }
}

extension DataForm {
    /// Reads a form. Throws only if the type of the form is missing or unknown. An unknown type of a field counts as
    /// text-single (XEP-0004 §3.3).
    package init(_ element: Element) throws(PayloadError) {
        try element.expect("x", Self.namespace)
        guard let type = try element.word("type", Kind.self) else {
            throw PayloadError("x", "the attribute 'type' is missing")
        }
        self.init(
            type, title: element.childText("title"),
            instructions: element.all("instructions", namespace: Self.namespace).map(\.text),
            fields: Self.fields(of: element),
            reported: element.first("reported", namespace: Self.namespace).map(Self.fields) ?? [],
            items: element.all("item", namespace: Self.namespace).map(Self.fields))
    }

    package var element: Element {
        var form = Element("x", namespace: Self.namespace).with("type", type.rawValue)
        form.append("title", text: title)
        for paragraph in instructions { form.append("instructions", text: paragraph) }
        for field in fields { form.append(field.element) }
        if !reported.isEmpty { form.append(Self.group("reported", reported)) }
        for item in items { form.append(Self.group("item", item)) }
        return form
    }

    private static func fields(of element: Element) -> [Field] {
        element.all("field", namespace: namespace).map(Field.init)
    }

    private static func group(_ name: String, _ fields: [Field]) -> Element {
        Element(name, namespace: namespace, children: fields.map { .element($0.element) })
    }
}

extension DataForm.Field {
    fileprivate init(_ element: Element) {
        let namespace = DataForm.namespace
        self.init(
            element[attribute: "var"],
            element[attribute: "type"].map { Kind(rawValue: $0) ?? .textSingle },
            label: element[attribute: "label"], explanation: element.childText("desc"),
            isRequired: element.first("required", namespace: namespace) != nil,
            values: element.all("value", namespace: namespace).map(\.text),
            options: element.all("option", namespace: namespace).compactMap { option in
                option.childText("value").map { DataForm.Option($0, label: option[attribute: "label"]) }
            })
    }

    fileprivate var element: Element {
        var field = Element("field", namespace: DataForm.namespace)
            .with("var", name).with("type", type?.rawValue).with("label", label)
        field.append("desc", text: explanation)
        if isRequired { field.append("required", text: "") }
        for value in values { field.append("value", text: value) }
        for option in options {
            var element = Element("option", namespace: DataForm.namespace).with("label", option.label)
            element.append("value", text: option.value)
            field.append(element)
        }
        return field
    }
}
