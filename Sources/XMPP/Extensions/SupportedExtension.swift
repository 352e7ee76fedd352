/// One extension of XMPP that Martlet supports, for the documentation and the DOAP file (XEP-0453). Tests compare both
/// with this table.
package struct SupportedExtension: Sendable {
    package enum Extent: String, Sendable { case complete, partial }

    /// The number with four digits.
    package let number: String
    package let name: String
    /// The version of the specification that the code follows.
    package let version: String
    package let extent: Extent
    /// The suite of tests that shows the support, by the name of its type.
    package let suite: String
    /// The part that is supported, in a few words.
    package let note: String

    private init(
        _ number: String, _ name: String, _ version: String, _ extent: Extent, _ suite: String,
        _ note: String = ""
    ) {
        self.number = number
        self.name = name
        self.version = version
        self.extent = extent
        self.suite = suite
        self.note = note
    }

    /// All extensions, by number.
    package static let all = [
        SupportedExtension("0004", "Data Forms", "2.13.1", .complete, "DataFormTests"),
        SupportedExtension(
            "0012", "Last Activity", "2.0", .partial, "SmallQueryTests",
            "of the gateway, and of people who have written"),
        SupportedExtension("0030", "Service Discovery", "2.5rc3", .complete, "QueryTests"),
        SupportedExtension(
            "0045", "Multi-User Chat", "1.34.6", .partial, "RoomEntryTests", "the parts that the network supports"),
        SupportedExtension("0050", "Ad-Hoc Commands", "1.3.0", .complete, "CommandSessionTests"),
        SupportedExtension("0054", "vcard-temp", "1.2", .partial, "NamesAndPicturesTests", "reading"),
        SupportedExtension(
            "0055", "Jabber Search", "1.2", .complete, "PeopleSearchTests",
            "among people whom the user knows, and for full names and numbers"),
        SupportedExtension(
            "0059", "Result Set Management", "1.0", .complete, "PagingTests",
            "in lists of rooms, occupants, commands, networks and people"),
        SupportedExtension(
            "0066", "Out of Band Data", "1.5", .partial, "MessageWordsTests", "links in messages are sent as text"),
        SupportedExtension("0077", "In-Band Registration", "2.4", .complete, "RegistrationTests"),
        SupportedExtension(
            "0084", "User Avatar", "1.1.4", .partial, "NamesAndPicturesTests", "of the gateway and its networks"),
        SupportedExtension("0092", "Software Version", "1.1", .complete, "QueryTests"),
        SupportedExtension(
            "0100", "Gateway Interaction", "1.0", .partial, "NetworkLoginTests",
            "no lists of contacts, because networks have none"),
        SupportedExtension("0106", "JID Escaping", "1.1.1", .complete, "JIDEscapingTests"),
        SupportedExtension("0114", "Jabber Component Protocol", "1.6", .complete, "ComponentLinkTests"),
        SupportedExtension(
            "0115", "Entity Capabilities", "1.6.0", .partial, "EntityCapabilitiesTests", "with SHA-1"),
        SupportedExtension("0128", "Service Discovery Extensions", "1.0.1", .complete, "SmallQueryTests"),
        SupportedExtension(
            "0144", "Roster Item Exchange", "1.1.1", .partial, "RosterTests",
            "additions, for clients that advertise it"),
        SupportedExtension(
            "0153", "vCard-Based Avatars", "1.1.1", .partial, "NamesAndPicturesTests",
            "of the gateway and its networks"),
        SupportedExtension("0157", "Contact Addresses for XMPP Services", "1.1.1", .complete, "SmallQueryTests"),
        SupportedExtension(
            "0163", "Personal Eventing Protocol", "1.2.2", .partial, "NicknameTests",
            "people's names, for clients that want them, and items to read"),
        SupportedExtension("0172", "User Nickname", "1.1", .complete, "PresenceOfGatewayTests"),
        SupportedExtension(
            "0184", "Message Delivery Receipts", "1.4.0", .partial, "StoredDeliveryTests",
            "from networks that report deliveries"),
        SupportedExtension(
            "0191", "Blocking Command", "1.1", .complete, "BlockingTests",
            "of people, networks and private conversations in rooms, at the gateway's own address"),
        SupportedExtension("0199", "XMPP Ping", "2.0.1", .complete, "QueryTests"),
        SupportedExtension("0202", "Entity Time", "2.0", .complete, "EntityTimesTests"),
        SupportedExtension("0203", "Delayed Delivery", "2.0", .complete, "StoredDelayTests"),
        SupportedExtension("0245", "The /me Command", "1.0", .complete, "TypedCommandTests"),
        SupportedExtension("0249", "Direct MUC Invitations", "1.2", .complete, "InvitationTests"),
        SupportedExtension(
            "0280", "Message Carbons", "1.0.1", .partial, "OwnMessagePrivilegeTests",
            "messages that users send with other clients of a network, if the server grants it"),
        SupportedExtension("0292", "vCard4 Over XMPP", "0.11.0", .partial, "NamesAndPicturesTests", "reading"),
        SupportedExtension(
            "0308", "Last Message Correction", "1.1", .partial, "MessageWordsTests",
            "a correction is sent as a new text with a mark"),
        SupportedExtension("0317", "Hats", "0.2.0", .partial, "OccupantDetailTests", "shown, not assigned"),
        SupportedExtension(
            "0319", "Last User Interaction in Presence", "1.0.2", .partial, "OwnAvailabilityTests",
            "an idle client counts as away"),
        SupportedExtension("0321", "Remote Roster Management", "0.1", .complete, "RosterTests"),
        SupportedExtension(
            "0334", "Message Processing Hints", "0.2", .complete, "MessageTypeTests",
            "a text with no-store is kept only in memory"),
        SupportedExtension(
            "0356", "Privileged Entity", "0.4.1", .partial, "RosterTests",
            "roster, message, iq; namespaces of versions 1 and 2"),
        SupportedExtension("0359", "Unique and Stable Stanza IDs", "0.7.0", .complete, "RepeatedMessageTests"),
        SupportedExtension(
            "0380", "Explicit Message Encryption", "0.4.0", .complete, "EncryptedMessageTests",
            "encrypted messages are refused"),
        SupportedExtension("0393", "Message Styling", "1.1.1", .complete, "SmallPayloadTests"),
        SupportedExtension(
            "0402", "PEP Native Bookmarks", "1.1.3", .partial, "BookmarkTests",
            "where the server and the operator allow it"),
        SupportedExtension("0410", "MUC Self-Ping", "1.1.0", .complete, "QueryTests"),
        SupportedExtension("0421", "Occupant identifiers for MUCs", "0.1.0", .complete, "RoomOccupantIDTests"),
        SupportedExtension(
            "0428", "Fallback Indication", "0.2.0", .partial, "FallbackIndicationTests",
            "of replies and reactions"),
        SupportedExtension(
            "0433", "Extended Channel Search", "0.1.3", .partial, "RoomSearchTests", "in names and topics"),
        SupportedExtension(
            "0444", "Message Reactions", "0.1.1", .partial, "ReactionTests", "where the network has them"),
        SupportedExtension(
            "0447", "Stateless file sharing", "0.2.0", .partial, "MessageWordsTests", "URLs are sent as text"),
        SupportedExtension("0453", "DOAP usage in XMPP", "0.1.4", .complete, "SupportedExtensionTests"),
        SupportedExtension(
            "0461", "Message Replies", "0.3.0", .partial, "MessageTypeTests",
            "networks get the words without the quote; in rooms, behind the nick of the person who is answered"),
        SupportedExtension(
            "0478", "Stream Limits Advertisement", "0.1.0", .partial, "SmallQueryTests",
            "in service discovery, because components send no stream features"),
    ]

    /// The table of the documentation.
    package static var markdown: String {
        let head = """
            # Extensions

            The extensions of XMPP that Martlet supports. The table is generated from
            `SupportedExtension.all`. Each row names the suite that tests the extension.

            | XEP | name | version | support | tests |
            |---|---|---|---|---|

            """
        return head + all.map(\.row).joined(separator: "\n") + "\n"
    }

    private var row: String {
        let support = note.isEmpty ? extent.rawValue : "\(extent.rawValue): \(note)"
        return "| [\(number)](https://xmpp.org/extensions/xep-\(number).html) | \(name) | \(version) | \(support)"
            + " | `\(suite)` |"
    }

    /// The DOAP file (XEP-0453).
    package static var doap: String {
        let head = """
            <?xml version='1.0' encoding='UTF-8'?>
            <rdf:RDF xmlns='http://usefulinc.com/ns/doap#' xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'
                xmlns:xmpp='https://linkmauve.fr/ns/xmpp-doap#'>
              <Project>
                <name>Martlet</name>
                <shortdesc xml:lang='en'>A gateway between XMPP and IRC and text messages</shortdesc>
                <category rdf:resource='https://linkmauve.fr/ns/xmpp-doap#category-component'/>
                <programming-language>Swift</programming-language>
                <os>Linux</os>
                <implements rdf:resource='https://xmpp.org/rfcs/rfc6120.html'/>
                <implements rdf:resource='https://xmpp.org/rfcs/rfc6121.html'/>
                <implements rdf:resource='https://xmpp.org/rfcs/rfc7622.html'/>

            """
        return head + all.map(\.entry).joined() + "  </Project>\n</rdf:RDF>\n"
    }

    private var entry: String {
        let note = self.note.isEmpty ? "" : "\n        <xmpp:note xml:lang='en'>\(self.note)</xmpp:note>"
        return """
                <implements>
                  <xmpp:SupportedXep>
                    <xmpp:xep rdf:resource='https://xmpp.org/extensions/xep-\(number).html'/>
                    <xmpp:status>\(extent.rawValue)</xmpp:status>
                    <xmpp:version>\(version)</xmpp:version>\(note)
                  </xmpp:SupportedXep>
                </implements>

            """
    }
}
