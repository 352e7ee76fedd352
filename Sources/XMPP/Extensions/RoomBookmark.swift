import XML

/// A room that a user has bookmarked (XEP-0402). It is an item of a node in the user's own account, and the room's JID
/// is the item's id.
package struct RoomBookmark: Payload {
    package static let namespace = "urn:xmpp:bookmarks:1"
    private static let extensions = "urn:x-martlet:bookmark"
    private static let pubsub = "http://jabber.org/protocol/pubsub"

    package var name: String?
    /// Whether the user's clients enter the room when they start.
    package var isEntered: Bool
    package var nick: String?
    /// The domain of the gateway that has made the bookmark; nil if a client has made it. It is stored in the
    /// bookmark's `<extensions/>`, which clients keep (XEP-0402 §3).
    package var maker: String?

    package init(name: String? = nil, isEntered: Bool, nick: String? = nil, maker: String? = nil) {
        self.maker = maker
        self.name = name
        self.isEntered = isEntered
        self.nick = nick
    }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("conference", Self.namespace)
        let word = element[attribute: "autojoin"]
        self.init(
            name: element[attribute: "name"], isEntered: word == "true" || word == "1", nick: element.childText("nick"),
            maker: element.first("extensions", namespace: Self.namespace)?.first("maker", namespace: Self.extensions)?
                .text)
    }

    package var element: Element {
        var conference = Element("conference", namespace: Self.namespace).with("name", name)
            .with("autojoin", isEntered ? "true" : nil)
        conference.append("nick", text: nick)
        if let maker {
            var extensions = Element("extensions", namespace: Self.namespace)
            extensions.append(Element("maker", namespace: Self.extensions, text: maker))
            conference.append(extensions)
        }
        return conference
    }

    /// The payload of a query for the bookmark of a room (XEP-0060 §6.5.8).
    package static func request(_ room: JID) -> Element {
        var items = Element("items", namespace: pubsub).with("node", namespace)
        items.append(Element("item", namespace: pubsub).with("id", room.bare.description))
        var query = Element("pubsub", namespace: pubsub)
        query.append(items)
        return query
    }

    /// The payload of a query for all bookmarks.
    package static var requestForAll: Element {
        var query = Element("pubsub", namespace: pubsub)
        query.append(Element("items", namespace: pubsub).with("node", namespace))
        return query
    }

    /// The rooms in an answer to `requestForAll`, with their bookmarks. Items that cannot be read are left out.
    package static func all(in answer: Element) -> [(room: JID, bookmark: RoomBookmark)] {
        (answer.first("items", namespace: pubsub)?.all("item", namespace: pubsub) ?? []).compactMap { item in
            guard let room = item[attribute: "id"].flatMap({ try? JID($0) }),
                let bookmark = item.first("conference", namespace: namespace).flatMap({ try? RoomBookmark($0) })
            else { return nil }
            return (room, bookmark)
        }
    }

    /// The payload that deletes the bookmark of a room (XEP-0060 §7.2). The server notifies the user's clients, which
    /// then leave the room.
    package static func retraction(of room: JID) -> Element {
        var retract = Element("retract", namespace: pubsub).with("node", namespace).with("notify", "true")
        retract.append(Element("item", namespace: pubsub).with("id", room.bare.description))
        var query = Element("pubsub", namespace: pubsub)
        query.append(retract)
        return query
    }

    /// Whether an answer to `request` has a bookmark.
    package static func isContained(in answer: Element) -> Bool {
        answer.first("items", namespace: pubsub)?.first("item", namespace: pubsub) != nil
    }

    /// The bookmark in an answer to `request`, as it is stored, if the user's clients enter the room by themselves; nil
    /// otherwise.
    package static func entered(in answer: Element) -> Element? {
        let item = answer.first("items", namespace: pubsub)?.first("item", namespace: pubsub)
        guard let conference = item?.first("conference", namespace: namespace),
            (try? RoomBookmark(conference))?.isEntered == true
        else { return nil }
        return conference
    }

    /// The payload that stores the bookmark, with the options that XEP-0402 §4 demands.
    package func publication(of room: JID) -> Element { Self.publication(of: element, room) }

    /// The payload that stores a bookmark as it is.
    package static func publication(of conference: Element, _ room: JID) -> Element {
        var item = Element("item", namespace: Self.pubsub).with("id", room.bare.description)
        item.append(conference)
        var publish = Element("publish", namespace: Self.pubsub).with("node", Self.namespace)
        publish.append(item)
        let fields = [
            ("persist_items", "true"), ("max_items", "max"), ("send_last_published_item", "never"),
            ("access_model", "whitelist"),
        ].map { DataForm.Field("pubsub#\($0)", .textSingle, values: [$1]) }
        let form = DataForm(.submit, fields: [DataForm.formType(Self.pubsub + "#publish-options")] + fields)
        var options = Element("publish-options", namespace: Self.pubsub)
        options.append(form.element)
        var query = Element("pubsub", namespace: Self.pubsub)
        query.append(publish)
        query.append(options)
        return query
    }
}
