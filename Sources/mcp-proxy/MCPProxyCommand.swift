@main struct MCPProxyCommand { static func main() {} }
