import GatewayKit
import Yams

/// Reads YAML into the nodes that an adapter is given.
enum YAML {
    static func node(_ text: String, file: String = "test.yaml") throws -> ConfigNode {
        guard let root = try Yams.compose(yaml: text) else {
            return ConfigNode(.null, at: ConfigPlace(file: file, line: 1, column: 1))
        }
        return node(root, file)
    }

    private static func node(_ node: Node, _ file: String) -> ConfigNode {
        let place = place(node, file)
        switch node {
        case .scalar(let scalar):
            let isNull = scalar.style == .plain && ["", "~", "null"].contains(scalar.string)
            return ConfigNode(isNull ? .null : .scalar(scalar.string), at: place)
        case .sequence(let items): return ConfigNode(.list(items.map { self.node($0, file) }), at: place)
        case .mapping(let mapping):
            let entries = mapping.map { key, value in
                ConfigNode.Entry(key: key.string ?? "", keyPlace: self.place(key, file), value: self.node(value, file))
            }
            return ConfigNode(.map(entries), at: place)
        case .alias: return ConfigNode(.null, at: place)
        }
    }

    private static func place(_ node: Node, _ file: String) -> ConfigPlace {
        ConfigPlace(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }
}
