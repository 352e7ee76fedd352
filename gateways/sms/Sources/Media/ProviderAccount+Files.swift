import GatewayKit

extension ProviderAccount {
    /// Makes a message that carries a file. If the provider takes no files, the message is a text with the file's URL,
    /// or is refused, by the operator's choice.
    func message(
        _ id: RequestID, _ file: File, to address: Address, from number: E164
    ) throws(Failure) -> OutboundText {
        if file.address.lowercased().hasPrefix("aesgcm:") { throw Self.encrypted }
        guard profile.traits.sendsMedia else {
            guard media.sendsLinks else { throw Self.noFiles }
            return try message(id, file.asText, to: address, from: number)
        }
        // A link that is none of the web, such as `xmpp:`, is no file for anybody else. It stays text.
        guard file.isAtWebAddress else { return try message(id, file.asText, to: address, from: number) }
        guard let web = WebAddress(file.address) else { throw Self.invalid }
        guard media.allowsPrivateAddresses || !web.isPrivate else { throw Self.privateAddress }
        return try message(id, Text(file.caption ?? ""), media: web.url, to: address, from: number)
    }

    /// How well files are sent.
    var fileGrade: Capabilities.Grade {
        if profile.traits.sendsMedia { return .partial }
        return media.sendsLinks ? .fallback : .rejected
    }

    private static let encrypted = Failure(
        .notAcceptable,
        "This is a link to an encrypted file, which phones cannot open. Turn off the encryption, and send it again.")
    private static let noFiles = Failure(
        .unsupported, "This gateway's provider takes no pictures or other files, so the message was not sent.")
    private static let invalid = Failure(
        .notAcceptable, "The link to the file is not a valid web address of at most \(WebAddress.longest) bytes.")
    private static let privateAddress = Failure(
        .notAcceptable, "The file is at a private address, from which the provider cannot fetch it.")
}

extension File {
    fileprivate var isAtWebAddress: Bool {
        let start = address.prefix(8).lowercased()
        return start.hasPrefix("https://") || start.hasPrefix("http://")
    }
}
