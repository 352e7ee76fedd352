/// An address that is encoded as its network and its name.
private protocol NetworkAddressCodable: Codable {
    var network: NetworkID { get }
    var name: String { get }
    init(network: NetworkID, name: String)
}

private enum NetworkAddressKeys: String, CodingKey { case network, name }

extension NetworkAddressCodable {
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: NetworkAddressKeys.self)
        self.init(
            network: try values.decode(NetworkID.self, forKey: .network),
            name: try values.decode(String.self, forKey: .name))
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: NetworkAddressKeys.self)
        try values.encode(network, forKey: .network)
        try values.encode(name, forKey: .name)
    }
}

extension PeerAddress: NetworkAddressCodable {}
extension RoomAddress: NetworkAddressCodable {}
