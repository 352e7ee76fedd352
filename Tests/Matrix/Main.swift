import ServerRig

@main struct Matrix {
    static func main() {}
}
