import Testing
import XML
import XMPP

/// Reads the text as an element of a stanza.
func read(_ xml: String) throws -> Element { try Element(parsing: xml, defaultNamespace: "jabber:client") }

/// Expects that the value is written as that text and read back from it, through the real writer and parser.
func expectBothWays<Value: Payload>(
    _ value: Value, _ xml: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    #expect(value.element.xml(defaultNamespace: "jabber:client") == xml, sourceLocation: sourceLocation)
    #expect(try Value(read(xml)) == value, sourceLocation: sourceLocation)
}

/// Expects that the text is refused as a payload of that type.
func expectRefused<Value: Payload>(
    _: Value.Type, _ xml: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let element = try read(xml)
    #expect(throws: PayloadError.self, sourceLocation: sourceLocation) { try Value(element) }
}

func jid(_ text: String) throws -> JID { try JID(text) }
