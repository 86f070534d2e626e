/** What every ORM's programs have in common: an account from which two withdraw at once. */
export const schema = "CREATE TABLE account (id varchar(20) PRIMARY KEY, balance int NOT NULL)";

export interface Account {
  id: string;
  balance: number;
}
