-- The services' databases; state and configuration are in the database `tandem`.
CREATE DATABASE product;
CREATE DATABASE "order";
CREATE DATABASE payment;
CREATE DATABASE notification;
CREATE DATABASE identity;
CREATE DATABASE analytics;
