/// An address that is encoded as its network and its name.
private protocol NetworkName: Codable {
    var network: NetworkID { get }
    var name: String { get }
    init(network: NetworkID, name: String)
}

private enum NetworkNameKeys: String, CodingKey { case network, name }

extension NetworkName {
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: NetworkNameKeys.self)
        self.init(
            network: try values.decode(NetworkID.self, forKey: .network),
            name: try values.decode(String.self, forKey: .name))
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: NetworkNameKeys.self)
        try values.encode(network, forKey: .network)
        try values.encode(name, forKey: .name)
    }
}

extension PeerAddress: NetworkName {}
extension RoomAddress: NetworkName {}
