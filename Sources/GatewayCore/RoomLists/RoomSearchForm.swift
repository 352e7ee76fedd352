import GatewayKit
import XMPP

/// Translates the form of a search for rooms (XEP-0433, "Search Form Fields").
enum RoomSearchForm {
    /// Rooms are MUCs. A search for other types finds nothing.
    static let serviceType = "xep-0045"
    /// Maximum length of the words to search for, in bytes.
    private static let longest = 200
    /// Maximum of words.
    private static let mostWords = 8

    /// The form, with the value that each field has if it is left out.
    static let empty = DataForm(
        .form, title: "Search for rooms",
        fields: [
            DataForm.formType(ChannelSearch.formType),
            DataForm.Field("q", .textSingle, label: "Search for"),
            DataForm.Field("all", .boolean, label: "All rooms", values: ["false"]),
            DataForm.Field("sinname", .boolean, label: "Search in the name", values: ["true"]),
            DataForm.Field("sindescription", .boolean, label: "Search in the topic", values: ["true"]),
            DataForm.Field("sinaddress", .boolean, label: "Search in the address", values: ["false"]),
            DataForm.Field("min_users", .textSingle, label: "Minimum number of people", values: ["1"]),
            DataForm.Field(
                "types", .listMulti, label: "Types of rooms", values: [serviceType],
                options: [DataForm.Option(serviceType, label: "Multi-User Chat")]),
            DataForm.Field(
                "key", .listSingle, label: "Order", values: [ChannelSearch.SortKey.users.rawValue],
                options: [
                    DataForm.Option(ChannelSearch.SortKey.users.rawValue, label: "Number of people"),
                    DataForm.Option(ChannelSearch.SortKey.address.rawValue, label: "Address"),
                ]),
        ])

    /// Reads a filled-in form. Returns nil if it asks for no MUCs, so that nothing can be found. Fields that are not
    /// known are ignored.
    static func search(_ form: DataForm) throws(StanzaError) -> RoomSearch? {
        guard form.type == .submit else { throw .notFilledIn }
        if let type = form.formType, type != ChannelSearch.formType { throw .notForSearch(type) }
        let words = try words(form)
        let fields = try fields(form)
        guard words == nil || !fields.isEmpty else {
            throw StanzaError(
                .noSearchConditions, "Search in the name, in the topic or in the address: one of them is needed.")
        }
        let search = RoomSearch(matching: words, in: fields, fewest: try fewest(form), order: try order(form))
        let types = form.values("types")
        return types.isEmpty || types.contains(serviceType) ? search : nil
    }

    /// The words to search for, with one space between them; nil if all rooms are wanted.
    private static func words(_ form: DataForm) throws(StanzaError) -> String? {
        let text = form.value("q") ?? ""
        if try flag("all", form) == true {
            guard text.isEmpty else {
                throw StanzaError(
                    .conflictingFields(["all", "q"]), "'All rooms' and 'Search for' exclude each other.")
            }
            return nil
        }
        guard !text.isEmpty else {
            throw StanzaError(.noSearchConditions, "Fill in 'Search for', or choose 'All rooms'.")
        }
        let words = text.split(whereSeparator: \.isWhitespace)
        guard !words.isEmpty, words.count <= mostWords, text.utf8.count <= longest else {
            throw StanzaError(
                .invalidSearchTerms,
                "Search for one to \(mostWords) words, with at most \(longest) bytes together.")
        }
        return words.joined(separator: " ")
    }

    /// The texts in which the words are looked for. The address of a room contains its name. The examples of the XEP
    /// write `sinaddr`, its table `sinaddress`.
    private static func fields(_ form: DataForm) throws(StanzaError) -> Set<RoomSearch.Field> {
        var fields: Set<RoomSearch.Field> = []
        if try flag("sinname", form) != false { fields.insert(.name) }
        if try flag("sindescription", form) != false { fields.insert(.topic) }
        for name in ["sinaddress", "sinaddr"] where try flag(name, form) == true { fields.insert(.name) }
        return fields
    }

    private static func fewest(_ form: DataForm) throws(StanzaError) -> Int {
        guard let text = form.value("min_users"), !text.isEmpty else { return 1 }
        guard let number = UInt32(text) else {
            throw StanzaError(.badRequest, "'Minimum number of people' is a number, at least 0.")
        }
        return Int(number)
    }

    private static func order(_ form: DataForm) throws(StanzaError) -> RoomSearch.Order {
        guard let text = form.value("key"), !text.isEmpty else { return .occupants }
        switch ChannelSearch.SortKey(rawValue: text) {
        case .users: return .occupants
        case .address: return .name
        case nil: throw StanzaError(.invalidSortKey, "The rooms can be sorted by their number of people or address.")
        }
    }

    private static func flag(_ name: String, _ form: DataForm) throws(StanzaError) -> Bool? {
        guard let text = form.value(name), !text.isEmpty else { return nil }
        guard let flag = form.flag(name) else {
            throw StanzaError(.badRequest, "'\(name)' is 'true' or 'false', not '\(text)'.")
        }
        return flag
    }
}

extension StanzaError {
    /// The refusal of a search (XEP-0433, "Send a search request").
    fileprivate init(_ reason: ChannelSearchError, _ text: String) {
        if reason == .invalidSortKey {
            self.init(.featureNotImplemented, as: .mendable, text)
        } else {
            self.init(.badRequest, text)
        }
        specific = reason.element
    }
}
