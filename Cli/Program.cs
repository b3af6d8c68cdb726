return await Bandstand.Cli.CommandLine.RunAsync(args, Bandstand.Cli.Terminal.System()).ConfigureAwait(false);
