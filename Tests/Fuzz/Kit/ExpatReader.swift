import CExpat
import XML

/// A component stream as Prosody and ejabberd read what their users send: by expat with namespaces, and without what
/// XMPP forbids (RFC 6120 §11.1) or what servers do not pass on.
final class ExpatReader {
    /// Children of the stream, in order, up to where it ends or is refused.
    private(set) var stanzas: [Element] = []
    /// No server passes on what comes where the reader has stopped.
    private(set) var isRefused = false
    /// The stream has been closed by its end tag.
    private(set) var isClosed = false
    /// The bytes end where a stanza may begin.
    private(set) var isBetweenStanzas = false

    private let parser: XML_Parser
    private let bytes: [UInt8]
    private var open: [Element] = []
    private var text: [UInt8] = []
    private var isInStream = false

    /// Reads a stream from its header on; nil if there is no memory.
    init?(_ bytes: [UInt8]) {
        guard let parser = XML_ParserCreateNS(nil, Self.separator) else { return nil }
        self.parser = parser
        self.bytes = bytes
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        setHandlers()
        parse(bytes)
        guard !isClosed, !isRefused, open.isEmpty else { return }
        // What expat has not looked at yet shows only when more comes.
        let count = stanzas.count
        parse(Array("<probe/>".utf8))
        isBetweenStanzas = !isRefused && stanzas.count == count + 1 && stanzas.last?.name == "probe"
        (stanzas, isRefused) = (Array(stanzas.prefix(count)), false)
    }

    private func parse(_ bytes: [UInt8]) {
        let status = bytes.withUnsafeBytes { bytes in
            XML_Parse(parser, bytes.bindMemory(to: CChar.self).baseAddress, CInt(bytes.count), 0)
        }
        if status != XML_STATUS_OK, !isClosed { isRefused = true }
    }

    deinit { XML_ParserFree(parser) }

    /// U+0001, as in lua-expat: no name has it.
    private static let separator: CChar = 1

    private func setHandlers() {
        XML_SetStartElementHandler(parser) { reader, name, attributes in
            guard let name else { return }
            ExpatReader.at(reader)?.start(name, attributes)
        }
        XML_SetEndElementHandler(parser) { reader, _ in ExpatReader.at(reader)?.end() }
        XML_SetCharacterDataHandler(parser) { reader, text, count in
            ExpatReader.at(reader)?.characters(UnsafeRawBufferPointer(start: text, count: Int(count)))
        }
        XML_SetCommentHandler(parser) { reader, _ in ExpatReader.at(reader)?.stop() }
        XML_SetProcessingInstructionHandler(parser) { reader, _, _ in ExpatReader.at(reader)?.stop() }
        XML_SetStartDoctypeDeclHandler(parser) { reader, _, _, _, _ in ExpatReader.at(reader)?.stop() }
        XML_SetStartCdataSectionHandler(parser) { reader in
            if let reader = ExpatReader.at(reader), reader.open.isEmpty { reader.stop() }
        }
    }

    /// The reader that expat was given as user data; nil only before that.
    private static func at(_ reader: UnsafeMutableRawPointer?) -> ExpatReader? {
        reader.map { Unmanaged<ExpatReader>.fromOpaque($0).takeUnretainedValue() }
    }

    private func stop(isRefused: Bool = true) {
        // What expat still reports of the tag in progress is nobody's.
        guard !self.isRefused, !isClosed else { return }
        if isRefused { self.isRefused = true } else { isClosed = true }
        XML_StopParser(parser, 0)
    }

    private func start(
        _ name: UnsafePointer<CChar>, _ attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>?
    ) {
        guard !isRefused, !isClosed else { return }
        guard isInStream else { return isInStream = true }
        flushText()
        let (namespace, local) = Self.split(name)
        var element = Element(local, namespace: namespace)
        var index = 0
        while let key = attributes?[index], let value = attributes?[index + 1] {
            let (namespace, local) = Self.split(key)
            element.attributes.append(Attribute(local, String(cString: value), namespace: namespace))
            index += 2
        }
        open.append(element)
    }

    private func end() {
        guard !isRefused, !isClosed else { return }
        flushText()
        guard let element = open.popLast() else { return stop(isRefused: false) }
        if open.isEmpty { stanzas.append(element) } else { open[open.count - 1].append(element) }
    }

    private func characters(_ text: UnsafeRawBufferPointer) {
        guard !isRefused, !isClosed else { return }
        guard open.isEmpty else { return self.text.append(contentsOf: text) }
        let isSpace = text.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
        let index = Int(XML_GetCurrentByteIndex(parser))
        // White space that came as a reference is none that a server writes.
        if !isSpace || !bytes.indices.contains(index) || bytes[index] == UInt8(ascii: "&") { stop() }
    }

    private func flushText() {
        guard !text.isEmpty else { return }
        if !open.isEmpty {
            open[open.count - 1].children += [.text(String(decoding: text, as: UTF8.self))]
        }
        text = []
    }

    private static func split(_ name: UnsafePointer<CChar>) -> (namespace: String, local: String) {
        let parts = String(cString: name).split(separator: "\u{1}", omittingEmptySubsequences: false)
        return parts.count < 2 ? ("", String(parts[0])) : (String(parts[0]), String(parts[1]))
    }
}
