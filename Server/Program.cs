return await Bandstand.Server.ServerHost.Run(args, Console.Out, Console.Error);
